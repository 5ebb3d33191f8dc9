/* global DeepFramework */
import { mountAll } from './mount.js';
import { addStatus } from './status.js';

const main = document.getElementById('app');

/** Boots the app and shows every microapplication; one that fails is told of in its place and does not stop the others. */
async function start() {
  const failures = [];
  const { microapps } = await DeepFramework.boot({ onFailure: (failure) => failures.push(failure) });
  main.replaceChildren();
  failures.push(...(await mountAll(main, microapps)));
  for (const { microapp, error } of failures) report(`${microapp} could not start`, error);
  if (main.childElementCount === 0) addStatus(main, { title: 'Nothing to show yet', text: 'No microapplication of this app has a page.' });
}

function report(title, error) {
  console.error(title, error);
  addStatus(main, { title, text: 'Loading the page again may help.', reason: error.message, retry: () => location.reload() });
}

try {
  await start();
} catch (error) {
  main.replaceChildren();
  report('This app could not start', error);
} finally {
  main.removeAttribute('aria-busy');
}
