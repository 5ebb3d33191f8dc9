import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

import { TodoStore } from '../../Frontend/js/app/react/store.js';
import { fakeTasks } from './fakeTasks.js';

const MILK = { Id: 'b', Title: 'milk', Completed: false, createdAt: '2016-02-12T12:00:00.000Z' };
const BREAD = { Id: 'a', Title: 'bread', Completed: true, createdAt: '2016-02-12T12:00:01.000Z' };

let tasks;
let store;

beforeEach(async () => {
  mock.timers.reset();
  tasks = fakeTasks([BREAD, MILK]);
  store = new TodoStore(tasks);
  await store.load();
  tasks.calls.length = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
});

const shown = () => store.getState().todos.map((todo) => `${todo.Completed ? 'x' : '-'} ${todo.Title}`);
const asked = () => tasks.calls.map(([name]) => name);

/** Lets every promise that can settle do so; the faked clock stands still meanwhile. */
async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await null;
}

test('load signs in, then shows the todos oldest first', async () => {
  const fresh = fakeTasks([BREAD, MILK]);
  await new TodoStore(fresh).load();
  assert.deepEqual(fresh.calls.map(([name]) => name), ['signIn', 'retrieve']);
  assert.deepEqual(shown(), ['- milk', 'x bread']);
});

test('a failed load says why and can be tried again', async () => {
  tasks.failing.add('retrieve');
  await store.load();
  assert.equal(store.getState().status, 'failed');
  assert.match(store.getState().problem, /retrieve refused/);
  tasks.failing.clear();
  await store.load();
  assert.deepEqual({ ...store.getState(), todos: null, may: null }, { status: 'ready', todos: null, may: null, saving: false, problem: null });
});

test('whoever looks is told what they may do, and is asked nothing that would be refused (parity 86)', async () => {
  const closed = fakeTasks([BREAD, MILK]);
  closed.forbidden.add('retrieve').add('delete');
  const visited = new TodoStore(closed);
  await visited.load();
  assert.deepEqual(closed.calls.map(([name]) => name), ['signIn']);
  assert.deepEqual(visited.getState().todos, []);
  assert.deepEqual([visited.getState().may.delete, visited.getState().may.create], [false, true]);
  await visited.refresh();
  assert.equal(closed.calls.length, 1);
});

test('somebody else who signs in sees their own todos; the same person in another role keeps these', async () => {
  tasks.forbidden.add('create');
  await store.become('us-east-1:1');
  assert.deepEqual(asked(), []);
  assert.equal(store.getState().may.create, false);
  tasks.identity = 'us-east-1:2';
  tasks.table.delete('b');
  await store.become('us-east-1:2');
  assert.deepEqual(asked(), ['signIn', 'retrieve']);
  assert.deepEqual(shown(), ['x bread']);
});

test('create trims, appends what the backend answers, and is locked meanwhile', async () => {
  const created = store.create('  eggs ');
  assert.equal(store.getState().saving, true);
  assert.equal(await store.create('twice'), false);
  assert.equal(await created, true);
  assert.deepEqual(tasks.calls, [['create', { Title: 'eggs', Completed: false }]]);
  assert.deepEqual(shown(), ['- milk', 'x bread', '- eggs']);
  assert.equal(store.getState().saving, false);
});

test('an empty title creates nothing', async () => {
  assert.equal(await store.create(' \t '), false);
  assert.deepEqual(asked(), []);
});

test('a failed create tells so and answers false, so that the typed text stays', async () => {
  tasks.failing.add('create');
  assert.equal(await store.create('eggs'), false);
  assert.match(store.getState().problem, /could not be created: create refused/);
  assert.deepEqual(shown(), ['- milk', 'x bread']);
});

test('rename saves the trimmed title', async () => {
  store.rename('b', ' oat milk ');
  await settled();
  assert.deepEqual(tasks.calls, [['update', { Id: 'b', Title: 'oat milk' }]]);
  assert.deepEqual(shown(), ['- oat milk', 'x bread']);
});

test('rename to the same title asks nothing', async () => {
  store.rename('b', ' milk ');
  await settled();
  assert.deepEqual(asked(), []);
});

test('rename to an empty title deletes, and only that (parity 146)', async () => {
  store.rename('b', '   ');
  await settled();
  assert.deepEqual(tasks.calls, [['delete', 'b']]);
  assert.deepEqual(shown(), ['x bread']);
});

test('a failed rename flips back', async () => {
  tasks.failing.add('update');
  store.rename('b', 'oat milk');
  assert.deepEqual(shown(), ['- oat milk', 'x bread']);
  await settled();
  assert.deepEqual(shown(), ['- milk', 'x bread']);
});

test('toggle shows at once and saves after 200 ms', async () => {
  store.toggle('b');
  assert.deepEqual(shown(), ['x milk', 'x bread']);
  mock.timers.tick(199);
  assert.deepEqual(asked(), []);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(tasks.calls, [['update', { Id: 'b', Completed: true }]]);
});

test('toggling there and back within 200 ms asks nothing', async () => {
  store.toggle('b');
  store.toggle('b');
  mock.timers.tick(200);
  await settled();
  assert.deepEqual(asked(), []);
});

test('a failed toggle flips back', async () => {
  tasks.failing.add('update');
  store.toggle('b');
  mock.timers.tick(200);
  await settled();
  assert.deepEqual(shown(), ['- milk', 'x bread']);
  assert.match(store.getState().problem, /update refused/);
});

test('a todo toggled again while a failing save travels keeps the later click', async () => {
  tasks.failing.add('update');
  store.toggle('b');
  mock.timers.tick(200);
  store.toggle('b');
  await settled();
  assert.deepEqual(shown(), ['- milk', 'x bread']);
});

test('mark all sends, after 400 ms, only the todos that change', async () => {
  store.markAll(true);
  assert.deepEqual(shown(), ['x milk', 'x bread']);
  mock.timers.tick(399);
  assert.deepEqual(asked(), []);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual(tasks.calls, [['markAll', [{ Id: 'b', Completed: true }]]]);
});

test('mark all takes a waiting toggle along', async () => {
  store.toggle('a');
  store.markAll(false);
  mock.timers.tick(400);
  await settled();
  assert.deepEqual(tasks.calls, [['markAll', [{ Id: 'a', Completed: false }]]]);
});

test('mark all flips back the todos that failed, and only those (parity 145)', async () => {
  tasks.table.get('a').Completed = false;
  await store.refresh();
  tasks.refused.add('a');
  store.markAll(true);
  mock.timers.tick(400);
  await settled();
  assert.deepEqual(shown(), ['x milk', '- bread']);
  assert.match(store.getState().problem, /1 of 2 could not be marked: refused/);
});

test('remove puts the todo back where it was when it fails', async () => {
  tasks.failing.add('delete');
  const removed = store.remove('b');
  assert.deepEqual(shown(), ['x bread']);
  await removed;
  assert.deepEqual(shown(), ['- milk', 'x bread']);
});

test('a removed todo is not saved any more by its waiting toggle', async () => {
  store.toggle('b');
  store.remove('b');
  mock.timers.tick(1000);
  await settled();
  assert.deepEqual(asked(), ['delete']);
});

test('clear completed removes at once and sends the Ids', async () => {
  const cleared = store.clearCompleted();
  assert.deepEqual(shown(), ['- milk']);
  await cleared;
  assert.deepEqual(tasks.calls, [['deleteCompleted', ['a']]]);
  assert.deepEqual([...tasks.table.keys()], ['b']);
});

test('clear completed puts back what failed (parity 145)', async () => {
  tasks.refused.add('a');
  await store.clearCompleted();
  assert.deepEqual(shown(), ['- milk', 'x bread']);
});

test('clear completed without a completed todo asks nothing', async () => {
  store.toggle('a');
  await store.clearCompleted();
  assert.deepEqual(asked(), []);
});

test('saves go one after another', async () => {
  store.rename('b', 'oat milk');
  store.remove('a');
  await null;
  assert.deepEqual(asked(), ['update']);
  await settled();
  assert.deepEqual(asked(), ['update', 'delete']);
});

test('flush saves what waits', async () => {
  store.toggle('b');
  store.flush();
  await settled();
  assert.deepEqual(asked(), ['update']);
});

test('refresh shows what another tab did', async () => {
  tasks.table.delete('b');
  await store.refresh();
  assert.deepEqual(shown(), ['x bread']);
});

test('refresh waits while something is unsaved, and drops an answer older than a change', async () => {
  store.toggle('b');
  await store.refresh();
  assert.deepEqual(asked(), []);
  mock.timers.tick(200);
  await settled();
  const refreshed = store.refresh();
  store.rename('b', 'oat milk');
  await refreshed;
  assert.equal(shown()[0], 'x oat milk');
});

test('listeners hear of every change until they leave', () => {
  let heard = 0;
  const leave = store.subscribe(() => (heard += 1));
  store.toggle('b');
  leave();
  store.toggle('b');
  assert.equal(heard, 1);
});
