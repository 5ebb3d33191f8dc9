import { make } from './element.js';
import { Form } from './form.js';
import { profile } from './profile.js';
import { SCREENS } from './screens.js';

let made = 0;

/** The card that shows one screen at a time. `signUp` false leaves making accounts to others. */
export class Panel {
  #flow;
  #settings;
  #shown = null; // the screen and the user that `element` shows
  #form = null;
  #busy = false;
  #heading = make('h2', { id: `account-title-${(made += 1)}`, tabIndex: -1 });
  #notice = make('p', { className: 'account-notice', role: 'status' });
  #body = make('div', { className: 'account-body' });
  #stop;

  constructor(flow, settings) {
    this.#flow = flow;
    this.#settings = settings;
    this.element = make('section', { className: 'account-card', 'aria-labelledby': this.#heading.id }, this.#heading, this.#notice, this.#body);
    this.#stop = flow.onChange(() => this.#show());
    this.#show();
  }

  get titleId() {
    return this.#heading.id;
  }

  /** Puts the focus where one begins: into the form, or on the heading where there is none. */
  focus() {
    if (this.#form) this.#form.focus();
    else this.#heading.focus();
  }

  /** Stops following the flow. */
  remove() {
    this.#stop();
    this.element.remove();
  }

  #show() {
    const { screen, notice, problem } = this.#flow.state;
    const shows = `${screen} ${JSON.stringify(this.#flow.user)}`;
    const isOther = shows !== this.#shown;
    this.#shown = shows;
    if (isOther) this.#draw(screen);
    if (this.#notice.textContent !== (notice ?? '')) this.#notice.textContent = notice ?? '';
    if (problem || !isOther) this.#form?.show({ problem, busy: this.#busy });
  }

  #draw(screen) {
    const hadFocus = this.element.contains(document.activeElement);
    const isProfile = screen === 'profile' && this.#flow.user;
    this.#heading.textContent = isProfile ? 'Your account' : (SCREENS[screen] ?? SCREENS.signIn).title;
    this.#form = isProfile ? null : this.#formOf(SCREENS[screen] ?? SCREENS.signIn);
    this.#body.replaceChildren(...(isProfile ? [profile(this.#flow)] : this.#formParts(SCREENS[screen] ?? SCREENS.signIn)));
    if (hadFocus) this.focus();
  }

  #formOf(screen) {
    const { user, state } = this.#flow;
    return new Form(screen, { username: user && !user.isActing ? user.username : state.username, send: (values) => this.#send(screen, values) });
  }

  #formParts(screen) {
    const links = screen.links.filter(({ to }) => to !== 'signUp' || this.#settings.signUp);
    const intro = screen.intro ? make('p', { className: 'account-intro' }, screen.intro) : null;
    return [intro, this.#form.element, make('div', { className: 'account-links' }, ...links.map((link) => this.#link(link)))].filter(Boolean);
  }

  #link({ before, text, to, does }) {
    const act = () => (does ? this.#flow[does]() : this.#flow.show(to));
    return make('p', {}, before ? `${before} ` : '', make('button', { type: 'button', className: 'account-link', onclick: act }, text));
  }

  async #send(screen, values) {
    this.#busy = true;
    try {
      await this.#flow[screen.act](values);
    } finally {
      this.#busy = false;
      this.#form?.show({ problem: this.#flow.state.problem, busy: false });
    }
  }
}
