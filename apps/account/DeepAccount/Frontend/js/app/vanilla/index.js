/* global DeepFramework */
import { Bar } from './bar.js';
import { AccountFlow } from './flow.js';
import { make } from './element.js';
import { Panel } from './panel.js';

let started = null;

/** Draws the bar into `element` and puts it before what else the page shows; an app of this microapplication alone shows the panel itself. */
export default async function mount(element) {
  element.parentElement?.prepend(element);
  const { flow, settings, kernel } = await start();
  if (isAlone(kernel)) return mountPanel(element);
  if (hasUsers(kernel)) element.append(new Bar(flow, settings).element);
  return undefined;
}

/** Draws the panel into an element of another microapplication's; answers it, to `remove()` it by. `<deep-account>` does the same in markup. */
export async function mountPanel(element) {
  const { flow, settings, kernel } = await start();
  if (!hasUsers(kernel)) {
    element.append(make('p', { className: 'account-card' }, 'This app has no users of its own.'));
    return { remove: () => element.replaceChildren() };
  }
  flow.begin();
  const panel = new Panel(flow, settings);
  element.append(panel.element);
  return panel;
}

/** Readies, once, what every part of the page shares: the styles, and who was signed in before the page was loaded. */
function start() {
  started ??= (async () => {
    const kernel = DeepFramework.Kernel;
    const security = kernel.get('security');
    await Promise.all([addStylesheet(kernel.get('asset').locateAbsolute('@deep.account:css/account.css')), security.restore().catch(() => null)]);
    return { flow: new AccountFlow(security), settings: { signUp: kernel.getMsParam('deep.account', 'signUp', true) }, kernel };
  })();
  return started;
}

function isAlone(kernel) {
  return kernel.microservices.every(({ identifier, isRoot, hasBootstrap }) => isRoot || !hasBootstrap || identifier === 'deep.account');
}

function hasUsers(kernel) {
  return Boolean(kernel.config.userPool);
}

/** Resolves when the styles are there, so that nothing is seen without them; a page without its styles still works, so an error resolves too. */
function addStylesheet(href) {
  return new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href, onload: resolve, onerror: resolve }));
  });
}

/** `<deep-account>`: the panel, wherever an author puts it. */
class DeepAccount extends HTMLElement {
  #panel = null;

  async connectedCallback() {
    this.#panel ??= mountPanel(this);
    await this.#panel;
  }

  async disconnectedCallback() {
    const panel = await this.#panel;
    if (!this.isConnected) {
      panel?.remove();
      this.#panel = null;
    }
  }
}

if (!customElements.get('deep-account')) customElements.define('deep-account', DeepAccount);
