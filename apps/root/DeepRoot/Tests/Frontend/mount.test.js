import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mountAll } from '../../Frontend/js/mount.js';

/** As much of an element as hosts need. */
class Element {
  children = [];
  dataset = {};
  ownerDocument = { createElement: () => new Element() };

  append(child) {
    this.children.push(child);
    child.remove = () => this.children.splice(this.children.indexOf(child), 1);
  }
}

test('each microapplication draws itself into a host of its own', async () => {
  const main = new Element();
  const drawn = [];
  const value = { default: (host) => drawn.push(host.dataset.microapp) };
  const failures = await mountAll(main, [
    { identifier: 'deep.todo', value },
    { identifier: 'deep.blog', value },
  ]);
  assert.deepEqual(failures, []);
  assert.deepEqual(drawn, ['deep.todo', 'deep.blog']);
  assert.equal(main.children.length, 2);
});

test('one that fails leaves no host behind and does not stop the others', async () => {
  const main = new Element();
  const error = new Error('no such view');
  const failures = await mountAll(main, [
    { identifier: 'deep.todo', value: { default: () => Promise.reject(error) } },
    { identifier: 'deep.blog', value: { default: () => {} } },
  ]);
  assert.deepEqual(failures, [{ microapp: 'deep.todo', error }]);
  assert.deepEqual(main.children.map((host) => host.dataset.microapp), ['deep.blog']);
});

test('a bootstrap that drew itself gets no host', async () => {
  const main = new Element();
  await mountAll(main, [{ identifier: 'deep.todo', value: undefined }]);
  assert.equal(main.children.length, 0);
});
