import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FILTERS, filterFor } from '../../Frontend/js/app/react/filters.js';

for (const [hash, name] of [['', 'All'], ['#/', 'All'], ['#/active', 'Active'], ['#/completed', 'Completed'], ['#!/active', 'Active'], ['#/nonsense', 'All']]) {
  test(`${hash || 'no hash'} shows ${name}`, () => assert.equal(filterFor(hash).name, name));
}

test('each view shows its todos', () => {
  const todos = [{ Completed: true }, { Completed: false }];
  assert.deepEqual(FILTERS.map((filter) => todos.filter(filter.shows).length), [2, 1, 1]);
});
