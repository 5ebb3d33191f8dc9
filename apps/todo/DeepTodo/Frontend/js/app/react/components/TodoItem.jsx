import { useId, useRef, useState } from 'react';

import { EditTodo } from './EditTodo.jsx';

/** One todo. Double-click, or the Edit button that the keyboard reaches, turns it into an input. */
export function TodoItem({ todo, may, onToggle, onRename, onRemove, onGone }) {
  const [editing, setEditing] = useState(false);
  const checkbox = useRef(null);
  const titleId = useId();

  function finish(title, byKeyboard) {
    setEditing(false);
    if (title !== null) onRename(title);
    if (!byKeyboard) return;
    if (title?.trim() === '') onGone();
    else requestAnimationFrame(() => checkbox.current?.focus()); // once it is shown again
  }

  function remove(event) {
    onRemove();
    if (event.detail === 0) onGone(); // pressed by keyboard, whose focus would be lost with the button
  }

  return (
    <li className={[todo.Completed && 'completed', editing && 'editing'].filter(Boolean).join(' ') || undefined}>
      <div className="view">
        <input
          ref={checkbox}
          className="toggle"
          type="checkbox"
          aria-labelledby={titleId}
          checked={todo.Completed}
          disabled={!may.update}
          onChange={onToggle}
        />
        <label id={titleId} onDoubleClick={() => may.update && setEditing(true)}>
          {todo.Title}
        </label>
        {may.update && (
          <button type="button" className="begin-edit" aria-label={`Edit ${todo.Title}`} onClick={() => setEditing(true)}>
            Edit
          </button>
        )}
        {may.delete && <button type="button" className="destroy" aria-label={`Delete ${todo.Title}`} onClick={remove} />}
      </div>
      {editing && <EditTodo title={todo.Title} onFinish={finish} />}
    </li>
  );
}
