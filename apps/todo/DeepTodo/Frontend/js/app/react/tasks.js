/**
 * The six microservices of `@deep.todo:task` as plain promises: each resolves to the answer's data or rejects with an Error.
 *
 * `container` is `DeepFramework.Kernel.container`.
 */
export function connectTasks(container) {
  const task = container.get('resource').get('@deep.todo:task');

  async function call(action, payload) {
    const response = await task.request(action, payload).send();
    if (response.isError) throw response.error;
    return response.data;
  }

  return {
    signIn: () => container.get('security').anonymousLogin(),
    create: (todo) => call('create', todo),
    retrieve: () => call('retrieve', {}),
    update: (change) => call('update', change),
    remove: (id) => call('delete', { Id: id }),
    deleteCompleted: (ids) => call('deleteCompleted', ids),
    markAll: (marks) => call('markAll', marks),
  };
}
