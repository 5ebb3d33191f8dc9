import { make } from './element.js';

let made = 0;

/**
 * The form of a screen, one of `SCREENS`. `send(values)` is called with what was typed, by field name; `username` goes to password managers where
 * the form itself does not ask for it. `show({problem, busy})` tells how sending goes.
 */
export class Form {
  #screen;
  #number = (made += 1);
  #alert = make('p', { className: 'account-problem', role: 'alert' });
  #submit;
  #busy = false;

  constructor(screen, { username, send }) {
    this.#screen = screen;
    this.#submit = make('button', { className: 'account-button account-main' }, screen.submit);
    const fields = screen.fields.map((field) => this.#field(field, username));
    this.element = make('form', { className: 'account-form' }, this.#hiddenUsername(username), ...fields, this.#alert, this.#submit);
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#busy) send(this.values);
    });
  }

  get values() {
    const typed = this.#screen.fields.map(({ name, type }) => [name, type === 'checkbox' ? this.#input(name).checked : this.#input(name).value]);
    return Object.fromEntries(typed);
  }

  /** Puts the cursor where typing goes on: into the first field that is empty. */
  focus() {
    const inputs = this.#screen.fields.map(({ name }) => this.#input(name));
    (inputs.find((input) => input.value === '') ?? inputs[0]).focus();
  }

  show({ problem, busy }) {
    this.#busy = busy;
    this.#submit.setAttribute('aria-busy', busy);
    this.#alert.textContent = problem?.text ?? '';
    for (const { name } of this.#screen.fields) this.#mark(this.#input(name), problem?.field === name);
    if (problem) (this.#input(problem.field) ?? this.element.querySelector('input[type=password]') ?? this.element.querySelector('input')).focus();
  }

  #mark(input, isWrong) {
    const hint = input.dataset.hint ?? '';
    const described = [isWrong ? this.#id('alert') : '', hint].filter(Boolean).join(' ');
    input.toggleAttribute('aria-invalid', isWrong);
    if (isWrong) input.setAttribute('aria-invalid', 'true');
    if (described) input.setAttribute('aria-describedby', described);
    else input.removeAttribute('aria-describedby');
    this.#alert.id = this.#id('alert');
  }

  #input(name) {
    return this.element.elements.namedItem(name ?? '');
  }

  #id(name) {
    return `account-${this.#number}-${name}`;
  }

  #field(field, username) {
    if (field.type === 'checkbox') return this.#checkbox(field);
    const { name, label, hint, type = 'text', autocomplete, ...more } = field;
    const id = this.#id(name);
    const value = name === 'username' ? username : '';
    const input = make('input', { id, name, type, autocomplete, required: true, value, ...more });
    const line = type === 'password' ? make('span', { className: 'account-password' }, input, revealer(input, label)) : input;
    if (!hint) return make('div', { className: 'account-field' }, make('label', { htmlFor: id }, label), line);
    input.dataset.hint = `${id}-hint`;
    input.setAttribute('aria-describedby', input.dataset.hint);
    return make('div', { className: 'account-field' }, make('label', { htmlFor: id }, label), line, make('p', { id: input.dataset.hint, className: 'account-hint' }, hint));
  }

  #checkbox({ name, label, checked }) {
    const id = this.#id(name);
    return make('div', { className: 'account-check' }, make('input', { id, name, type: 'checkbox', checked }), make('label', { htmlFor: id }, label));
  }

  #hiddenUsername(username) {
    const asksForPassword = this.#screen.fields.some(({ type }) => type === 'password');
    if (!asksForPassword || this.#screen.fields.some(({ name }) => name === 'username')) return null;
    return make('input', { type: 'text', autocomplete: 'username', value: username, hidden: true, readOnly: true, 'aria-hidden': 'true' });
  }
}

/** The button that shows a password, and hides it again. */
function revealer(input, label) {
  const button = make('button', { type: 'button', className: 'account-reveal', 'aria-pressed': 'false', 'aria-label': `Show ${label.toLowerCase()}` }, 'Show');
  button.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', shown);
    button.textContent = shown ? 'Hide' : 'Show';
    input.focus();
  });
  return button;
}
