/** The six microservices in memory, open to all but what `forbidden` names. `failing` names those that refuse; `calls` records what was asked; a failed bulk item is named in `refused`. */
export function fakeTasks(todos = []) {
  const table = new Map(todos.map((todo) => [todo.Id, { ...todo }]));
  const calls = [];
  const failing = new Set();
  const refused = new Set();
  const forbidden = new Set();
  const ACTIONS = ['create', 'retrieve', 'update', 'delete', 'deleteCompleted', 'markAll'];

  async function answer(name, payload, work) {
    calls.push([name, payload]);
    await null;
    if (failing.has(name)) throw new Error(`${name} refused`);
    return work();
  }

  function each(ids, work) {
    return {
      results: ids.map((id) => {
        if (refused.has(id)) return { Id: id, ok: false, error: 'refused' };
        work(id);
        return { Id: id, ok: true };
      }),
    };
  }

  return {
    table,
    calls,
    failing,
    refused,
    forbidden,
    identity: 'us-east-1:1',
    signIn() {
      return answer('signIn', null, () => this.identity);
    },
    may: () => Object.fromEntries(ACTIONS.map((action) => [action, !forbidden.has(action)])),
    retrieve: () => answer('retrieve', null, () => [...table.values()]),
    create: (todo) =>
      answer('create', todo, () => {
        const stored = { ...todo, Id: `id-${table.size + 1}`, createdAt: `2016-02-12T12:00:0${table.size}.000Z` };
        table.set(stored.Id, stored);
        return stored;
      }),
    update: (change) => answer('update', change, () => Object.assign(table.get(change.Id), change)),
    remove: (id) => answer('delete', id, () => table.delete(id) && {}),
    deleteCompleted: (ids) => answer('deleteCompleted', ids, () => each(ids, (id) => table.delete(id))),
    markAll: (marks) =>
      answer('markAll', marks, () =>
        each(
          marks.map((mark) => mark.Id),
          (id) => Object.assign(
            table.get(id),
            marks.find((mark) => mark.Id === id),
          ),
        ),
      ),
  };
}
