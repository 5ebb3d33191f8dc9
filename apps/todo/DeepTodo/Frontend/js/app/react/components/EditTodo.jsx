import { useEffect, useRef, useState } from 'react';

/** The input of a todo that is being edited. Calls `onFinish(title, byKeyboard)` once, with null for the title when the edit is given up. */
export function EditTodo({ title, onFinish }) {
  const [text, setText] = useState(title);
  const input = useRef(null);
  const finished = useRef(false);

  useEffect(() => {
    input.current.focus();
    input.current.setSelectionRange(title.length, title.length);
  }, []);

  function finish(result, byKeyboard) {
    if (finished.current) return; // the blur that follows Enter or Escape
    finished.current = true;
    onFinish(result, byKeyboard);
  }

  function submit(event) {
    event.preventDefault();
    finish(text, true);
  }

  function escape(event) {
    if (event.key === 'Escape' && !event.nativeEvent.isComposing) finish(null, true);
  }

  return (
    <form onSubmit={submit}>
      <input
        ref={input}
        className="edit"
        aria-label={`Edit ${title}`}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => finish(text, false)}
        onKeyDown={escape}
      />
    </form>
  );
}
