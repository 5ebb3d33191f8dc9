import { FILTERS } from '../filters.js';

export function Footer({ todos, filter, mayClear, onClear, onGone }) {
  const left = todos.filter((todo) => !todo.Completed).length;

  function clear(event) {
    onClear();
    if (event.detail === 0) onGone(); // pressed by keyboard, whose focus would be lost with the button
  }

  return (
    <footer className="footer">
      <span className="todo-count" role="status">
        <strong>{left}</strong> {left === 1 ? 'item' : 'items'} left
      </span>
      <ul className="filters" aria-label="Show">
        {FILTERS.map(({ name, hash }) => (
          <li key={name}>
            <a href={hash} className={name === filter.name ? 'selected' : undefined} aria-current={name === filter.name ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
      {mayClear && left < todos.length && (
        <button type="button" className="clear-completed" onClick={clear}>
          Clear completed
        </button>
      )}
    </footer>
  );
}
