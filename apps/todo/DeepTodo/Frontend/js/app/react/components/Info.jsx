export function Info() {
  return (
    <footer className="info">
      <p>Double-click to edit a todo</p>
      <p>
        Written by <a href="https://github.com/MitocGroup">Mitoc Group</a>
      </p>
      <p>
        Part of <a href="https://todomvc.com">TodoMVC</a>
      </p>
    </footer>
  );
}
