import { sent, told } from './words.js';

/** Which screen a visitor begins at, and a user. */
const START = { visitor: 'signIn', user: 'profile' };

/**
 * Which screen is shown, and what happens on it. Knows nothing of the page: `security` is the browser library's, `listener` hears of every change.
 *
 * `state` is `{screen, username, notice, problem}`: `notice` is good news for the screen, `problem` (`{text, field}`) what went wrong on it. It is replaced,
 * never altered.
 */
export class AccountFlow {
  #security;
  #listeners = new Set();
  #state = { screen: START.visitor, username: '', notice: null, problem: null };
  #waiting = null; // name and password of who confirms their account, so that they need not type them again

  constructor(security) {
    this.#security = security;
    this.#state.screen = security.currentUser ? START.user : START.visitor;
    security.onChange(({ user, reason }) => this.#changed(user, reason));
  }

  get state() {
    return this.#state;
  }

  get user() {
    return this.#security.currentUser;
  }

  /** Calls back after every change; answers how to stop that. */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows a screen, with nothing said on it yet. */
  show(screen, notice = null) {
    this.#set({ screen, notice, problem: null });
  }

  /** Shows where a visitor, or a user, begins. */
  begin() {
    this.show(this.user ? START.user : START.visitor);
  }

  signIn({ username, password, remember = true }) {
    return this.#try(async () => {
      this.#set({ username });
      await this.#enter(username, password, remember);
    });
  }

  signUp({ username, email, newPassword }) {
    return this.#try(async () => {
      this.#set({ username });
      const signedUp = await this.#security.signUp(username, newPassword, { email });
      if (signedUp.confirmed) return this.#enter(username, newPassword, true);
      this.#waiting = { username, password: newPassword, remember: true };
      return this.show('confirm', sent(signedUp));
    });
  }

  confirm({ code }) {
    return this.#try(async () => {
      const { username } = this.#state;
      await this.#security.confirmSignUp(username, code.trim());
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting?.username === username) return this.#enter(username, waiting.password, waiting.remember);
      return this.show('signIn', 'Your account is confirmed. Sign in now.');
    });
  }

  resend() {
    return this.#try(async () => this.show('confirm', sent(await this.#security.resendCode(this.#state.username))));
  }

  setPassword({ newPassword }) {
    return this.#try(async () => {
      await this.#security.completeNewPassword(newPassword);
    });
  }

  forgot({ username }) {
    return this.#try(async () => {
      this.#set({ username });
      this.show('reset', sent(await this.#security.forgotPassword(username)));
    });
  }

  reset({ code, newPassword }) {
    return this.#try(async () => {
      const { username } = this.#state;
      await this.#security.confirmForgotPassword(username, code.trim(), newPassword);
      await this.#enter(username, newPassword, true);
    });
  }

  changePassword({ password, newPassword }) {
    return this.#try(async () => {
      await this.#security.changePassword(password, newPassword);
      this.show('profile', 'Your password is changed.');
    });
  }

  signOut() {
    return this.#try(() => this.#security.signOut());
  }

  signOutEverywhere() {
    return this.#try(() => this.#security.globalSignOut());
  }

  async #enter(username, password, remember) {
    try {
      const { challenge } = await this.#security.signIn(username, password, { remember });
      if (challenge) this.show('newPassword');
    } catch (error) {
      if (error.type === 'UserNotConfirmedException') return this.#askForCode({ username, password, remember });
      if (error.type === 'PasswordResetRequiredException') return this.show('reset', 'A new password is required. We sent you a code for it.');
      throw error;
    }
    return undefined;
  }

  async #askForCode(waiting) {
    this.#waiting = waiting;
    this.show('confirm', sent(await this.#security.resendCode(waiting.username)));
  }

  /** What another microapplication or another tab does shows here too. */
  #changed(user, reason) {
    if (reason === 'anonymous') return;
    if (reason === 'renewed') return this.#set({});
    if (reason === 'signed-out') this.#set({ username: '' }); // the next one may be somebody else
    const ended = reason === 'expired' ? 'Your session has ended. Sign in again.' : null;
    return this.show(user ? START.user : START.visitor, ended);
  }

  /** Runs what a person asked for; a refusal is told on the screen. */
  async #try(work) {
    this.#set({ problem: null });
    try {
      await work();
    } catch (error) {
      this.#set({ problem: told(error), notice: null });
    }
  }

  #set(part) {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener(this.#state);
  }
}
