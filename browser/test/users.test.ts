import assert from "node:assert/strict";
import { test } from "node:test";

import { IdentityError } from "../src/errors.ts";
import { createFramework } from "../src/framework.ts";
import type { Security } from "../src/security/security.ts";
import { CODE, HOUR_MS, usersConfig, UserService, WITH_USERS } from "./user-service.ts";
import { config, loaded, World } from "./world.ts";

function started(): { world: World; service: UserService; security: Security } {
  const { world, framework } = loaded(WITH_USERS);
  return { world, service: new UserService(world), security: framework.Kernel.get("security") };
}

/** The same browser after a reload, or another tab of it. */
const anotherPage = (world: World): Security => createFramework(world).Kernel.load(usersConfig()).get("security");

const refused = (type: string) => (error: unknown) => error instanceof IdentityError && error.type === type;

test("sign up, confirm by code, sign in; the password is proved and not sent", async () => {
  const { service, security } = started();
  const signedUp = await security.signUp("ada", "Secret-1", { email: "ada@example.com" });
  assert.deepEqual(signedUp, { confirmed: false, destination: "a***@e***", medium: "EMAIL" });
  await assert.rejects(security.signIn("ada", "Secret-1"), refused("UserNotConfirmedException"));
  assert.equal((await security.resendCode("ada")).destination, "a***@e***");
  await assert.rejects(security.confirmSignUp("ada", "000000"), refused("CodeMismatchException"));
  await security.confirmSignUp("ada", CODE);
  const { user, challenge } = await security.signIn("ada", "Secret-1");
  assert.equal(challenge, null);
  assert.deepEqual(user, { username: "ada", email: "ada@example.com", groups: [], role: "authenticated", isActing: false });
  assert.deepEqual(security.currentUser, user);
  assert.deepEqual(security.token?.getUser(), user);
  assert.equal(security.token?.isAnonymous, false);
  assert.deepEqual(service.passwordsSeen, ["SignUp Secret-1"]);
});

test("a wrong password is refused, and nobody is signed in", async () => {
  const { service, security } = started();
  service.account("ada");
  const error = await security.signIn("ada", "Secret-2").catch((thrown: IdentityError) => thrown);
  assert.equal((error as IdentityError).reason, "Incorrect username or password.");
  assert.equal(security.currentUser, null);
  assert.equal(security.token, null);
});

test("every call answers callbacks too", async () => {
  const { service, security } = started();
  service.account("ada");
  await new Promise<void>((resolve) => {
    void security.signIn("ada", "Secret-1", {}, (error, answer) => {
      assert.equal(error, null);
      assert.equal(answer?.user?.username, "ada");
      security.token!.getUser((user) => (assert.equal(user?.username, "ada"), resolve()));
    });
  });
});

test("what an anonymous visitor was stays theirs when they sign in", async () => {
  const { service, security } = started();
  service.account("ada");
  const visitor = await security.anonymousLogin();
  await security.signIn("ada", "Secret-1");
  assert.equal(security.token?.identityId, visitor.identityId);
  assert.equal(service.identities.get(visitor.identityId), "sub-ada");
});

test("a user who has an identity gets it, whichever browser they sign in from", async () => {
  const { world, service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  const { identityId } = security.token!;
  const elsewhere = new World();
  elsewhere.answer = world.answer;
  const other = anotherPage(elsewhere);
  assert.notEqual((await other.anonymousLogin()).identityId, identityId);
  await other.signIn("ada", "Secret-1");
  assert.equal(other.token?.identityId, identityId);
});

test("the next user of a browser is not the one before, and no visitor is either", async () => {
  const { service, security } = started();
  service.account("ada");
  service.account("bob");
  await security.signIn("ada", "Secret-1");
  const ada = security.token!.identityId;
  await security.signIn("bob", "Secret-1");
  const bob = security.token!.identityId;
  await security.signOut();
  const visitor = (await security.anonymousLogin()).identityId;
  assert.equal(new Set([ada, bob, visitor]).size, 3);
});

test("a user stays signed in over a reload, and nothing but the refresh token is stored", async () => {
  const { world, service, security } = started();
  service.account("ada", { groups: ["Readers"] });
  await security.signIn("ada", "Secret-1");
  const stored = [...(world.storage as unknown as { entries: Map<string, string> }).entries.entries()];
  assert.deepEqual(stored.map(([key]) => key), ["deep:us-east-1:pool:session:user"]);
  assert.deepEqual(JSON.parse(stored[0]![1]), { refreshToken: [...service.refreshTokens.keys()][0], identityId: security.token?.identityId });
  const reloaded = anotherPage(world);
  const reasons: string[] = [];
  reloaded.onChange(({ reason }) => reasons.push(reason));
  assert.equal(reloaded.currentUser === null, true);
  const token = await reloaded.anonymousLogin();
  assert.equal(token.isAnonymous, false);
  assert.equal(reloaded.currentUser?.username, "ada");
  assert.equal(token.identityId, security.token?.identityId);
  assert.deepEqual(reasons, ["restored"]);
});

test("who does not want to be remembered is not", async () => {
  const { world, service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1", { remember: false });
  assert.equal(security.currentUser?.username, "ada");
  const reloaded = anotherPage(world);
  assert.equal(await reloaded.restore(), null);
});

test("parity 84: tokens and credentials are renewed before they end, once for all who ask", async () => {
  const { world, service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  service.operations.length = 0;
  world.time += HOUR_MS - 60_000;
  await Promise.all([security.credentials(), security.credentials(), security.credentials()]);
  assert.deepEqual(service.operations, ["InitiateAuth", "GetCredentialsForIdentity"]);
  await security.credentials();
  assert.equal(service.operations.length, 2);
});

test("credentials that a service refused are replaced once, however many requests they were refused to", async () => {
  const { service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  const { sessionToken } = (await security.credentials())!;
  service.operations.length = 0;
  const first = await security.credentials(sessionToken);
  const second = await security.credentials(sessionToken);
  assert.notEqual(first?.sessionToken, sessionToken);
  assert.equal(second, first);
  assert.deepEqual(service.operations, ["GetCredentialsForIdentity"]);
});

test("a session that the user pool ended is over: callbacks fire, nobody is signed in, the store is empty", async () => {
  const { world, service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  const heard: string[] = [];
  security.onChange(({ reason, role }) => heard.push(`${reason} ${role}`));
  security.token!.registerTokenExpiredCallback((error) => heard.push(error.message));
  service.refreshTokens.clear();
  world.time += HOUR_MS;
  await assert.rejects(security.credentials(), refused("NotAuthorizedException"));
  assert.deepEqual(heard, ["expired unauthenticated", "the identity service answered 400 NotAuthorizedException: Refresh Token has been revoked"]);
  assert.equal(security.currentUser, null);
  assert.equal(await anotherPage(world).restore(), null);
});

test("a session that the user pool ended is over however that is found out", async () => {
  for (const find of [(security: Security) => security.renew(), (security: Security) => security.changePassword("Secret-1", "Secret-2")]) {
    const { world, service, security } = started();
    service.account("ada");
    await security.signIn("ada", "Secret-1");
    let ended = 0;
    security.token!.registerTokenExpiredCallback(() => ended++);
    service.refreshTokens.clear();
    world.time += HOUR_MS;
    await assert.rejects(find(security), refused("NotAuthorizedException"));
    assert.equal(ended, 1);
    assert.equal(security.token, null);
  }
});

test("a session that ended while the page was closed is told of", async () => {
  const { world, service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  service.refreshTokens.clear();
  const reloaded = anotherPage(world);
  const reasons: string[] = [];
  reloaded.onChange(({ reason }) => reasons.push(reason));
  assert.equal((await reloaded.anonymousLogin()).isAnonymous, true);
  assert.deepEqual(reasons, ["expired", "anonymous"]);
});

test("a network that fails ends no session", async () => {
  const { world, service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  const heard: string[] = [];
  security.onChange(({ reason }) => heard.push(reason));
  security.token!.registerTokenExpiredCallback(() => heard.push("callback"));
  world.time += HOUR_MS;
  service.isReachable = false;
  await assert.rejects(security.credentials(), refused("NetworkError"));
  const reloaded = anotherPage(world);
  await assert.rejects(reloaded.restore(), refused("NetworkError"));
  await assert.rejects(reloaded.anonymousLogin(), refused("NetworkError"));
  service.isReachable = true;
  assert.equal((await security.credentials())?.sessionToken.includes("sub-ada"), true);
  assert.equal((await reloaded.restore())?.isAnonymous, false);
  assert.deepEqual(heard, []);
});

test("signing out ends the session at the user pool; globally, every session", async () => {
  const { service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  await security.signOut();
  assert.equal(service.refreshTokens.size, 0);
  assert.equal(security.token, null);
  await security.signIn("ada", "Secret-1");
  await security.globalSignOut();
  assert.equal(service.operations.at(-1), "GlobalSignOut");
  assert.equal(security.currentUser, null);
  await assert.rejects(security.globalSignOut(), refused("NotSignedIn"));
});

test("signing out while nothing can be reached signs out here", async () => {
  const { service, security } = started();
  service.account("ada");
  await security.signIn("ada", "Secret-1");
  service.isReachable = false;
  await security.signOut();
  assert.equal(security.token, null);
});

test("who signs out while a sign-in is under way is not signed in after", async () => {
  const { security } = started();
  const login = security.anonymousLogin();
  security.logout();
  await assert.rejects(login, refused("SignedOut"));
  assert.equal(security.token, null);
});

test("a forgotten password is replaced by code; a known one is changed", async () => {
  const { service, security } = started();
  service.account("ada");
  assert.equal((await security.forgotPassword("ada")).medium, "EMAIL");
  await security.confirmForgotPassword("ada", CODE, "Secret-2");
  await security.signIn("ada", "Secret-2");
  await assert.rejects(security.changePassword("Secret-1", "Secret-3"), refused("NotAuthorizedException"));
  await security.changePassword("Secret-2", "Secret-3");
  await security.signOut();
  await assert.rejects(security.changePassword("Secret-3", "Secret-4"), refused("NotSignedIn"));
  await security.signIn("ada", "Secret-3");
});

test("an account that somebody else made gets a password of its own at the first sign-in", async () => {
  const { service, security } = started();
  service.account("ada", { mustChange: true });
  await assert.rejects(security.completeNewPassword("Secret-2"), refused("NoChallenge"));
  assert.deepEqual(await security.signIn("ada", "Secret-1"), { user: null, challenge: "NEW_PASSWORD_REQUIRED" });
  assert.equal(security.currentUser, null);
  await security.completeNewPassword("Secret-2");
  assert.equal(security.token?.getUser()?.username, "ada");
});

test("two tabs: what one does the other does", async () => {
  const { world, service, security } = started();
  service.account("ada");
  const other = anotherPage(world);
  await other.anonymousLogin();
  const heard: string[] = [];
  const ended = () => new Promise<void>((resolve) => other.onChange(({ reason, user }) => (heard.push(`${reason} ${user?.username ?? "nobody"}`), resolve())));
  const theOther = world.storageListeners[1]!;
  await security.signIn("ada", "Secret-1");
  const followed = ended();
  theOther();
  await followed;
  theOther(); // something else in the storage changed
  await security.signOut();
  theOther();
  assert.deepEqual(heard, ["restored ada", "signed-out nobody"]);
  assert.equal(other.token, null);
});

test("parity 83: another provider's token makes an authenticated identity, until logout", async () => {
  const { service, security } = started();
  const visitor = (await security.anonymousLogin()).identityId;
  const token = await security.login("google", { id_token: "google-token" });
  assert.equal(token.isAnonymous, false);
  assert.equal(token.identityId, visitor);
  assert.equal(security.role, "authenticated");
  assert.equal(security.currentUser, null);
  assert.equal(service.identities.get(visitor), "accounts.google.com google-token");
  await new Promise<void>((resolve) => void security.login("auth0", "auth0-token", (told) => (assert.equal(told?.isAnonymous, false), resolve())));
  assert.equal(service.identities.get(security.token!.identityId), "ada.eu.auth0.com auth0-token");
  security.logout();
  assert.equal(security.token, null);
  await assert.rejects(security.login("facebook", "x"), /does not trust "facebook"; it trusts accounts.google.com, ada.eu.auth0.com/);
  await assert.rejects(security.login("google", {}), refused("MissingToken"));
});

test("an app without users of its own says so", async () => {
  const security = createFramework(new World()).Kernel.load(config()).get("security");
  await assert.rejects(security.signIn("ada", "Secret-1"), refused("NoUserPool"));
});

test("in development a page acts as whom the developer named, unsigned, until somebody signs in", async () => {
  const actAs = { identityId: "us-east-1:ada", role: "Editors", username: "ada", groups: ["Editors"] };
  const { world, framework } = loaded({ ...WITH_USERS, actAs });
  const service = new UserService(world);
  service.account("bob");
  const security = framework.Kernel.get("security");
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  const token = await security.anonymousLogin();
  assert.deepEqual([token.identityId, security.role, security.currentUser?.username], ["us-east-1:ada", "Editors", "ada"]);
  assert.equal(security.isAllowed("deep.todo:task:remove"), true);
  assert.deepEqual((await create()).data, { as: null });
  assert.deepEqual(service.operations, []);
  await security.signIn("bob", "Secret-1");
  assert.equal(security.role, "authenticated");
  assert.equal(world.asked.some(({ headers }) => "authorization" in headers), false);
  await create();
  assert.match(world.asked.at(-1)?.headers["authorization"] ?? "", /^AWS4-HMAC-SHA256 /);
});
