import { useRef, useSyncExternalStore } from 'react';

import { filterFor } from '../filters.js';
import { Footer } from './Footer.jsx';
import { Info } from './Info.jsx';
import { Learn } from './Learn.jsx';
import { NewTodo } from './NewTodo.jsx';
import { Notice } from './Notice.jsx';
import { TodoList } from './TodoList.jsx';

export function App({ store, learnUrl }) {
  const state = useSyncExternalStore(store.subscribe, store.getState);
  const filter = filterFor(useHash());
  const newTodo = useRef(null);
  const focusNewTodo = () => newTodo.current?.focus();

  return (
    <>
      <section className="todoapp">
        <header className="header">
          <h1>todos</h1>
          {state.may.create && <NewTodo input={newTodo} saving={state.saving} onCreate={(title) => store.create(title)} />}
        </header>
        {state.todos.length > 0 && <TodoList store={store} todos={state.todos} may={state.may} filter={filter} onGone={focusNewTodo} />}
        <Notice state={state} onRetry={() => store.load()} onDismiss={() => store.dismiss()} />
        {state.todos.length > 0 && <Footer todos={state.todos} filter={filter} mayClear={state.may.deleteCompleted} onClear={() => store.clearCompleted()} onGone={focusNewTodo} />}
      </section>
      <Info />
      <Learn url={learnUrl} />
    </>
  );
}

function useHash() {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('hashchange', listener);
      return () => window.removeEventListener('hashchange', listener);
    },
    () => window.location.hash,
  );
}
