import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { AccountFlow } from '../../Frontend/js/app/vanilla/flow.js';
import { FakeSecurity, refused } from './fakeSecurity.js';

let security;
let flow;

beforeEach(() => {
  security = new FakeSecurity();
  flow = new AccountFlow(security);
});

test('a visitor begins at signing in, a user at who they are', () => {
  assert.equal(flow.state.screen, 'signIn');
  security.tell('restored', { username: 'ada' });
  assert.equal(flow.state.screen, 'profile');
  assert.equal(new AccountFlow(security).state.screen, 'profile');
});

test('signing in shows who one is; a wrong password is told and changes nothing', async () => {
  await flow.signIn({ username: 'ada', password: 'nonsense' });
  assert.deepEqual(flow.state.problem, { text: 'The user name or the password is wrong.', field: null });
  assert.equal(flow.state.screen, 'signIn');
  await flow.signIn({ username: 'ada', password: 'Secret-1', remember: false });
  assert.deepEqual(security.asked.at(-1), ['signIn', 'ada', false]);
  assert.equal(flow.state.screen, 'profile');
  assert.equal(flow.state.problem, null);
});

test('an account is made, confirmed by its code, and signed in without typing the password again', async () => {
  await flow.signUp({ username: 'bob', email: 'bob@example.com', newPassword: 'Secret-2' });
  assert.equal(flow.state.screen, 'confirm');
  assert.equal(flow.state.notice, 'We sent a code to a***@e***.');
  await flow.confirm({ code: '000000' });
  assert.deepEqual(flow.state.problem?.field, 'code');
  await flow.resend();
  assert.equal(flow.state.notice, 'We sent a code to the phone +*******99.');
  await flow.confirm({ code: ' 123456 ' });
  assert.equal(flow.state.screen, 'profile');
  assert.deepEqual(security.asked.map(([name]) => name), ['signUp', 'confirmSignUp', 'resendCode', 'confirmSignUp', 'signIn']);
});

test('who signs in before confirming is sent a code and asked for it', async () => {
  security.account.confirmed = false;
  await flow.signIn({ username: 'ada', password: 'Secret-1', remember: false });
  assert.equal(flow.state.screen, 'confirm');
  await flow.confirm({ code: '123456' });
  assert.deepEqual(security.asked.at(-1), ['signIn', 'ada', false]);
  assert.equal(flow.state.screen, 'profile');
});

test('a forgotten password is set anew by code, and signs in', async () => {
  await flow.forgot({ username: 'ada' });
  assert.deepEqual([flow.state.screen, flow.state.notice], ['reset', 'We sent you a code.']);
  await flow.reset({ code: '123456', newPassword: 'Secret-3' });
  assert.equal(flow.state.screen, 'profile');
});

test('an account that somebody else made asks for a password first', async () => {
  security.account.mustChange = true;
  await flow.signIn({ username: 'ada', password: 'Secret-1' });
  assert.equal(flow.state.screen, 'newPassword');
  await flow.setPassword({ newPassword: 'Secret-9' });
  assert.equal(flow.state.screen, 'profile');
});

test('an account whose password was reset asks for the code', async () => {
  security.refusal = refused('PasswordResetRequiredException', 'Password reset required for the user');
  await flow.signIn({ username: 'ada', password: 'Secret-1' });
  assert.equal(flow.state.screen, 'reset');
});

test('the password is changed by who knows it', async () => {
  await flow.signIn({ username: 'ada', password: 'Secret-1' });
  flow.show('changePassword');
  await flow.changePassword({ password: 'nonsense', newPassword: 'Secret-4' });
  assert.equal(flow.state.screen, 'changePassword');
  security.refusal = refused('InvalidPasswordException', 'Password did not conform with policy: Password must have symbol characters');
  await flow.changePassword({ password: 'Secret-1', newPassword: 'Secret4' });
  assert.deepEqual(flow.state.problem, { text: 'Password must have symbol characters.', field: 'newPassword' });
  await flow.changePassword({ password: 'Secret-1', newPassword: 'Secret-4' });
  assert.deepEqual([flow.state.screen, flow.state.notice], ['profile', 'Your password is changed.']);
});

test('signing out, here, everywhere, or in another tab, ends at signing in', async () => {
  for (const leave of [() => flow.signOut(), () => flow.signOutEverywhere(), () => security.tell('signed-out', null)]) {
    await flow.signIn({ username: 'ada', password: 'Secret-1' });
    await leave();
    assert.deepEqual([flow.state.screen, flow.state.notice, flow.state.username], ['signIn', null, '']);
  }
});

test('a session that ended by itself is told of; a visitor without a name changes no screen, nor does another role', () => {
  security.tell('restored', { username: 'ada' });
  security.tell('expired', null);
  assert.equal(flow.state.notice, 'Your session has ended. Sign in again.');
  flow.show('signUp');
  security.tell('anonymous', null);
  assert.equal(flow.state.screen, 'signUp');
  security.tell('restored', { username: 'ada' });
  flow.show('changePassword');
  security.tell('renewed', { username: 'ada', role: 'Editors' });
  assert.equal(flow.state.screen, 'changePassword');
});

test('what nobody foresaw is told in the service\'s words', async () => {
  security.refusal = refused('SurprisingException', 'the moon is wrong');
  await flow.forgot({ username: 'ada' });
  assert.equal(flow.state.problem.text, 'That did not work: the moon is wrong.');
  security.refusal = new Error('broken');
  await flow.forgot({ username: 'ada' });
  assert.equal(flow.state.problem.text, 'That did not work: broken.');
});

test('listeners hear until they leave', () => {
  let heard = 0;
  const leave = flow.onChange(() => (heard += 1));
  flow.show('signUp');
  leave();
  flow.begin();
  assert.equal(heard, 1);
});
