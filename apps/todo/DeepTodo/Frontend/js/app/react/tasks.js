const ACTIONS = ['create', 'retrieve', 'update', 'delete', 'deleteCompleted', 'markAll'];

/**
 * The six microservices of `@deep.todo:task` as plain promises: each resolves to the answer's data or rejects with an Error.
 *
 * `signIn` resolves to the identity whose todos these are: a visitor's, or a user's who is signed in. `may` says which microservices they may call.
 *
 * `container` is `DeepFramework.Kernel.container`.
 */
export function connectTasks(container) {
  const task = container.get('resource').get('@deep.todo:task');
  const security = container.get('security');

  async function call(action, payload) {
    const response = await task.request(action, payload).send();
    if (response.isError) throw response.error;
    return response.data;
  }

  return {
    signIn: async () => (await security.anonymousLogin()).identityId,
    may: () => Object.fromEntries(ACTIONS.map((action) => [action, security.isAllowed(`deep.todo:task:${action}`)])),
    create: (todo) => call('create', todo),
    retrieve: () => call('retrieve', {}),
    update: (change) => call('update', change),
    remove: (id) => call('delete', { Id: id }),
    deleteCompleted: (ids) => call('deleteCompleted', ids),
    markAll: (marks) => call('markAll', marks),
  };
}
