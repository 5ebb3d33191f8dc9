import { make } from './element.js';

/** Who is signed in, in which role, and what they may do about it. */
export function profile(flow) {
  const { username, email, groups, role } = flow.user;
  const button = (text, act, style = '') => make('button', { type: 'button', className: `account-button ${style}`, onclick: act }, text);
  return make(
    'div',
    { className: 'account-profile' },
    make('p', { className: 'account-who' }, avatar(username), make('span', {}, make('strong', {}, username), email ? make('span', { className: 'account-hint' }, email) : null)),
    make('dl', {}, ...fact('Role', role), ...fact('Groups', groups.length > 0 ? groups.join(', ') : 'none')),
    button('Change password', () => flow.show('changePassword')),
    button('Sign out', () => flow.signOut()),
    button('Sign out everywhere', () => flow.signOutEverywhere(), 'account-quiet'),
  );
}

/** A user's first letter in a circle. */
export function avatar(username) {
  return make('span', { className: 'account-avatar', 'aria-hidden': 'true' }, [...username][0]?.toUpperCase() ?? '?');
}

function fact(term, value) {
  return [make('dt', {}, term), make('dd', {}, value)];
}
