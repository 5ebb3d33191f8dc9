import { make } from './element.js';

/** Who is signed in, in which role, and what they may do about it. */
export function profile(flow) {
  const { username, email, groups, role, isActing } = flow.user;
  return make(
    'div',
    { className: 'account-profile' },
    make('p', { className: 'account-who' }, avatar(username), make('span', {}, make('strong', {}, username), email ? make('span', { className: 'account-hint' }, email) : null)),
    make('dl', {}, ...fact('Role', role), ...fact('Groups', groups.length > 0 ? groups.join(', ') : 'none')),
    ...(isActing ? invitation(flow) : commands(flow)),
  );
}

/** What they may do who signed in. */
function commands(flow) {
  return [
    button('Change password', () => flow.show('changePassword')),
    button('Sign out', () => flow.signOut()),
    button('Sign out everywhere', () => flow.signOutEverywhere(), 'account-quiet'),
  ];
}

/** For who acts as this user without being it: there is no account to change or to leave. */
function invitation(flow) {
  return [
    make('p', { className: 'account-intro' }, 'Nobody is signed in. The local server takes whoever opens this page for this user.'),
    button('Sign in', () => flow.show('signIn')),
  ];
}

function button(text, act, style = '') {
  return make('button', { type: 'button', className: `account-button ${style}`, onclick: act }, text);
}

/** A user's first letter in a circle. */
export function avatar(username) {
  return make('span', { className: 'account-avatar', 'aria-hidden': 'true' }, [...username][0]?.toUpperCase() ?? '?');
}

function fact(term, value) {
  return [make('dt', {}, term), make('dd', {}, value)];
}
