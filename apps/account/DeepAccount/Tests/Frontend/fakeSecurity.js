/** The browser library's security, as far as signing in needs it: one account, one code, and a record of what was asked. */
export class FakeSecurity {
  currentUser = null;
  asked = [];
  account = { username: 'ada', password: 'Secret-1', confirmed: true };
  refusal = null; // the next call fails with it
  #listeners = new Set();

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(reason, user) {
    this.currentUser = user;
    for (const listener of this.#listeners) listener({ reason, user });
  }

  async signIn(username, password, { remember }) {
    this.#ask('signIn', username, remember);
    if (username !== this.account.username || password !== this.account.password) throw refused('NotAuthorizedException', 'Incorrect username or password.');
    if (!this.account.confirmed) throw refused('UserNotConfirmedException', 'User is not confirmed.');
    if (this.account.mustChange) return { user: null, challenge: 'NEW_PASSWORD_REQUIRED' };
    this.tell('signed-in', { username, email: 'ada@example.com', groups: [], role: 'authenticated' });
    return { user: this.currentUser, challenge: null };
  }

  async signUp(username, password, { email }) {
    this.#ask('signUp', username, email);
    this.account = { username, password, confirmed: false };
    return { confirmed: false, destination: 'a***@e***', medium: 'EMAIL' };
  }

  async confirmSignUp(username, code) {
    this.#ask('confirmSignUp', username, code);
    if (code !== '123456') throw refused('CodeMismatchException', 'Invalid verification code provided, please try again.');
    this.account.confirmed = true;
  }

  async resendCode(username) {
    this.#ask('resendCode', username);
    return { destination: '+*******99', medium: 'SMS' };
  }

  async forgotPassword(username) {
    this.#ask('forgotPassword', username);
    return { destination: null, medium: null };
  }

  async confirmForgotPassword(username, code, password) {
    this.#ask('confirmForgotPassword', username, code);
    this.account.password = password;
  }

  async completeNewPassword(password) {
    this.#ask('completeNewPassword');
    this.account = { ...this.account, password, mustChange: false };
    this.tell('signed-in', { username: this.account.username, email: null, groups: [], role: 'authenticated' });
  }

  async changePassword(password, newPassword) {
    this.#ask('changePassword');
    if (password !== this.account.password) throw refused('NotAuthorizedException', 'Incorrect username or password.');
    this.account.password = newPassword;
  }

  async signOut() {
    this.#ask('signOut');
    this.tell('signed-out', null);
  }

  async globalSignOut() {
    this.#ask('globalSignOut');
    this.tell('signed-out', null);
  }

  #ask(...call) {
    this.asked.push(call);
    const refusal = this.refusal;
    this.refusal = null;
    if (refusal) throw refusal;
  }
}

export function refused(type, reason) {
  return Object.assign(new Error(`the identity service answered 400 ${type}: ${reason}`), { type, reason });
}
