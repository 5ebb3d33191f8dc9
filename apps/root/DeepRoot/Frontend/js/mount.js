/**
 * Shows microapplications below one another in `main`, each in a host element of its own. Resolves to the failures: `[{microapp, error}]`.
 *
 * `microapps` is what booting answered: `[{identifier, value}]`, where `value` is the module that the microapplication's `bootstrap.js` resolved to. A
 * module that exports `default(element)` is asked to draw itself into `element`; a bootstrap that resolved to something else drew itself.
 */
export async function mountAll(main, microapps) {
  const mounting = microapps.filter(({ value }) => typeof value?.default === 'function').map((microapp) => mount(main, microapp));
  return (await Promise.all(mounting)).filter((failure) => failure !== null);
}

async function mount(main, { identifier, value }) {
  const host = main.ownerDocument.createElement('div');
  host.dataset.microapp = identifier;
  main.append(host);
  try {
    await value.default(host);
    return null;
  } catch (error) {
    host.remove();
    return { microapp: identifier, error };
  }
}
