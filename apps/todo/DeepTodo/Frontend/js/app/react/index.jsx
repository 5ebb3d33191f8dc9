/* global DeepFramework */
import { createRoot } from 'react-dom/client';

import { App } from './components/App.jsx';
import { TodoStore } from './store.js';
import { connectTasks } from './tasks.js';
import 'todomvc-common/base.css';
import 'todomvc-app-css/index.css';
import './app.css';

/** Draws the app into `element` and fills it with the todos; the root microapplication calls this once. */
export default async function mount(element) {
  const { container } = DeepFramework.Kernel;
  const asset = container.get('asset');
  const security = container.get('security');
  document.title = 'DEEP Framework • TodoMVC';
  await addStylesheet(asset.locateAbsolute('@deep.todo:js/app/react/index.css'));

  const store = new TodoStore(connectTasks(container));
  createRoot(element).render(<App store={store} learnUrl={asset.locateAbsolute('@deep.root:learn.json')} />);
  keepInStep(store);
  await store.load();
  security.onChange(({ reason }) => reason !== 'anonymous' && store.become(security.token?.identityId ?? null));
}

/** Resolves when the styles are there, so that nothing is seen without them; a page without its styles still works, so an error resolves too. */
function addStylesheet(href) {
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href, onload: resolve, onerror: resolve });
    document.head.append(link);
  });
}

/** Looks at the table again whenever the user comes back to this tab, and saves what waits when they leave it. */
function keepInStep(store) {
  window.addEventListener('focus', () => store.refresh());
  window.addEventListener('pagehide', () => store.flush());
  document.addEventListener('visibilitychange', () => (document.hidden ? store.flush() : store.refresh()));
}
