import { useEffect, useRef, useState } from 'react';

/** The input at the top. It is locked while a todo is saved, and keeps its text when saving fails. */
export function NewTodo({ input, saving, onCreate }) {
  const [text, setText] = useState('');
  const submitted = useRef(false);

  useEffect(() => {
    if (saving || !submitted.current) return;
    submitted.current = false;
    input.current.focus(); // a disabled input loses the focus
  }, [saving, input]);

  async function submit(event) {
    event.preventDefault();
    submitted.current = true;
    if (await onCreate(text)) setText('');
  }

  return (
    <form onSubmit={submit}>
      <input
        ref={input}
        className="new-todo"
        aria-label="New todo"
        placeholder="What needs to be done?"
        autoComplete="off"
        autoFocus={document.activeElement === document.body} // nobody is busy elsewhere, as in the dialog they sign in by
        disabled={saving}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}
