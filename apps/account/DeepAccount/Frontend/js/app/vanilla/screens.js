const USERNAME = { name: 'username', label: 'User name', autocomplete: 'username', autocapitalize: 'none', spellcheck: false };
const EMAIL = { name: 'email', label: 'Email', type: 'email', autocomplete: 'email', hint: 'For the code that confirms your account.' };
const PASSWORD = { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' };
const NEW_PASSWORD = {
  name: 'newPassword',
  label: 'New password',
  type: 'password',
  autocomplete: 'new-password',
  minLength: 8,
  hint: 'At least 8 characters, with capitals, small letters, digits and a symbol.',
};
const CODE = { name: 'code', label: 'Code', autocomplete: 'one-time-code', inputMode: 'numeric', pattern: '\\s*[0-9]{4,8}\\s*', title: 'The digits we sent you' };
const REMEMBER = { name: 'remember', label: 'Keep me signed in', type: 'checkbox', checked: true };

/**
 * Every form: its words, its fields, what sending it does (`act`, a method of the flow) and where else one may go from it (`links`).
 */
export const SCREENS = {
  signIn: {
    title: 'Sign in',
    fields: [USERNAME, PASSWORD, REMEMBER],
    submit: 'Sign in',
    act: 'signIn',
    links: [
      { text: 'Forgot your password?', to: 'forgot' },
      { before: 'New here?', text: 'Make an account', to: 'signUp' },
    ],
  },
  signUp: {
    title: 'Make an account',
    fields: [USERNAME, EMAIL, { ...NEW_PASSWORD, label: 'Password' }],
    submit: 'Make the account',
    act: 'signUp',
    links: [{ before: 'You have one?', text: 'Sign in', to: 'signIn' }],
  },
  confirm: {
    title: 'Confirm your account',
    fields: [CODE],
    submit: 'Confirm',
    act: 'confirm',
    links: [
      { text: 'Send a new code', does: 'resend' },
      { text: 'Back to sign in', to: 'signIn' },
    ],
  },
  forgot: {
    title: 'Forgotten password',
    intro: 'Tell us your user name, and we send you a code to set a new password with.',
    fields: [USERNAME],
    submit: 'Send the code',
    act: 'forgot',
    links: [{ text: 'Back to sign in', to: 'signIn' }],
  },
  reset: {
    title: 'Set a new password',
    fields: [CODE, NEW_PASSWORD],
    submit: 'Set the password',
    act: 'reset',
    links: [
      { text: 'Send a new code', to: 'forgot' },
      { text: 'Back to sign in', to: 'signIn' },
    ],
  },
  newPassword: {
    title: 'Choose your password',
    intro: 'Somebody made this account for you. From now on it has a password that only you know.',
    fields: [NEW_PASSWORD],
    submit: 'Set the password',
    act: 'setPassword',
    links: [{ text: 'Back to sign in', to: 'signIn' }],
  },
  changePassword: {
    title: 'Change your password',
    fields: [{ ...PASSWORD, label: 'Current password' }, NEW_PASSWORD],
    submit: 'Change the password',
    act: 'changePassword',
    links: [{ text: 'Back', to: 'profile' }],
  },
};
