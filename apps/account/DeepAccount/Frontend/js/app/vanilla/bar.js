import { make } from './element.js';
import { Panel } from './panel.js';
import { avatar } from './profile.js';

/** The line at the top of the page: a button to sign in by, or who is signed in; either opens the panel in a dialog. */
export class Bar {
  #flow;
  #settings;
  #panel = null;
  #button = make('button', { type: 'button', className: 'account-button account-open', onclick: () => this.open(), 'aria-haspopup': 'dialog' });
  #status = make('p', { className: 'account-status', role: 'status' });
  #dialog = make('dialog', { className: 'account-dialog', onclose: () => this.#closed() });
  #user = null;

  constructor(flow, settings) {
    this.#flow = flow;
    this.#settings = settings;
    this.#user = flow.user;
    this.element = make('section', { className: 'account-bar', 'aria-label': 'Account' }, this.#status, this.#button, this.#dialog);
    flow.onChange(() => this.#changed());
    this.#show();
  }

  /** Opens the dialog, at a screen or where a visitor or user begins. */
  open(screen = null) {
    if (this.#dialog.open) return;
    if (screen) this.#flow.show(screen);
    else this.#flow.begin();
    this.#panel = new Panel(this.#flow, this.#settings);
    const close = make('button', { type: 'button', className: 'account-close', 'aria-label': 'Close', onclick: () => this.#dialog.close() }, '×');
    this.#dialog.setAttribute('aria-labelledby', this.#panel.titleId);
    this.#dialog.replaceChildren(this.#panel.element, close);
    this.#dialog.showModal();
    this.#panel.focus();
  }

  #closed() {
    if (this.#dialog.open) return; // opened again before this was told
    this.#panel?.remove();
    this.#panel = null;
    this.#dialog.replaceChildren();
    if (!['signIn', 'profile'].includes(this.#flow.state.screen)) this.#flow.begin();
  }

  /** Who signed in, or out, is done with the dialog; the page says what happened. */
  #changed() {
    const before = this.#user?.username ?? null;
    const now = this.#flow.user?.username ?? null;
    this.#user = this.#flow.user;
    if (before === now) return;
    this.#show();
    this.#status.textContent = now === null ? (this.#flow.state.notice ?? 'You are signed out.') : `You are signed in as ${now}.`;
    if (this.#dialog.open) this.#dialog.close();
  }

  #show() {
    const name = this.#user?.username;
    this.#button.replaceChildren(...(name === undefined ? ['Sign in'] : [avatar(name), make('span', {}, name)]));
    if (name === undefined) this.#button.removeAttribute('aria-label');
    else this.#button.setAttribute('aria-label', `Your account, ${name}`);
  }
}
