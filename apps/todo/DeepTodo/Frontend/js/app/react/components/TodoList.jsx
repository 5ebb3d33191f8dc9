import { TodoItem } from './TodoItem.jsx';

/** The todos that the filter shows; what whoever looks `may` not do has no button. */
export function TodoList({ store, todos, may, filter, onGone }) {
  const allCompleted = todos.every((todo) => todo.Completed);

  return (
    <section className="main" aria-label="Todos">
      <input
        id="toggle-all"
        className="toggle-all"
        type="checkbox"
        checked={allCompleted}
        disabled={!may.markAll}
        onChange={(event) => store.markAll(event.target.checked)}
      />
      <label htmlFor="toggle-all">Mark all as complete</label>
      <ul className="todo-list">
        {todos.filter(filter.shows).map((todo) => (
          <TodoItem
            key={todo.Id}
            todo={todo}
            may={may}
            onToggle={() => store.toggle(todo.Id)}
            onRename={(title) => store.rename(todo.Id, title)}
            onRemove={() => store.remove(todo.Id)}
            onGone={onGone}
          />
        ))}
      </ul>
    </section>
  );
}
