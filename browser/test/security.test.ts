import assert from "node:assert/strict";
import { test } from "node:test";

import { IdentityError } from "../src/errors.ts";
import { createFramework } from "../src/framework.ts";
import { config, json, loaded, World, type Asked } from "./world.ts";

const HOUR_S = 3600;

/** A pool of anonymous identities: the next id, and credentials that last an hour. */
class Pool {
  identities = new Set<string>();
  credentials = 0;
  lastsSeconds = HOUR_S;

  constructor(private readonly world: World) {
    world.answer = (asked) => this.#answer(asked);
  }

  #answer({ url, headers, body }: Asked): Response {
    assert.equal(url, "http://localhost:8000/_/cognito-identity");
    assert.equal(headers["content-type"], "application/x-amz-json-1.1");
    if (headers["x-amz-target"] === "AWSCognitoIdentityService.GetId") {
      assert.deepEqual(body, { IdentityPoolId: "us-east-1:pool" });
      const IdentityId = `us-east-1:${this.identities.size + 1}`;
      this.identities.add(IdentityId);
      return json({ IdentityId });
    }
    assert.equal(headers["x-amz-target"], "AWSCognitoIdentityService.GetCredentialsForIdentity");
    const { IdentityId } = body as { IdentityId: string };
    if (!this.identities.has(IdentityId)) return json({ __type: "com.amazon#ResourceNotFoundException", message: "no such identity" }, 400);
    const Expiration = this.world.time / 1000 + this.lastsSeconds;
    return json({ IdentityId, Credentials: { AccessKeyId: "a", SecretKey: "s", SessionToken: `token-${++this.credentials}`, Expiration } });
  }
}

test("parity 82: anonymousLogin gives an identity, by callback and by promise", async () => {
  const { world, framework } = loaded();
  new Pool(world);
  const security = framework.Kernel.get("security");
  assert.equal(security.token, null);
  const token = await security.anonymousLogin();
  assert.equal(token.identityId, "us-east-1:1");
  assert.equal(token.isAnonymous, true);
  assert.equal(security.token, token);
  assert.equal(await new Promise((resolve) => void security.anonymousLogin((told) => resolve(told))), token);
});

test("parity 82: logins at one time are one login", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  const security = framework.Kernel.get("security");
  const [one, other] = await Promise.all([security.anonymousLogin(), security.anonymousLogin()]);
  assert.equal(one, other);
  assert.equal(pool.identities.size, 1);
});

test("parity 82: a reload keeps the identity, and stores no credentials", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  await framework.Kernel.get("security").anonymousLogin();
  const stored = [...(world.storage as unknown as { entries: Map<string, string> }).entries.entries()];
  assert.deepEqual(stored, [["deep:us-east-1:pool:session:identity", "us-east-1:1"]]);
  const reloaded = createFramework(world).Kernel.load(config());
  assert.equal((await reloaded.get("security").anonymousLogin()).identityId, "us-east-1:1");
  assert.equal(pool.identities.size, 1);
});

test("parity 82: another app in the same browser is another identity", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  await framework.Kernel.get("security").anonymousLogin();
  const answer = world.answer;
  world.answer = (asked) => {
    if (asked.headers["x-amz-target"] !== "AWSCognitoIdentityService.GetId") return answer(asked);
    assert.deepEqual(asked.body, { IdentityPoolId: "us-east-1:other-pool" });
    pool.identities.add("us-east-1:other");
    return json({ IdentityId: "us-east-1:other" });
  };
  const other = createFramework(world).Kernel.load(config({ identityPoolId: "us-east-1:other-pool" }));
  assert.equal((await other.get("security").anonymousLogin()).identityId, "us-east-1:other");
});

test("an identity that the pool no longer has is replaced by a new one", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  await framework.Kernel.get("security").anonymousLogin();
  pool.identities = new Set(["us-east-1:x"]);
  const token = await createFramework(world).Kernel.load(config()).get("security").anonymousLogin();
  assert.equal(token.identityId, "us-east-1:2");
});

test("an identity service that cannot be reached keeps the identity for the next time", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  await framework.Kernel.get("security").anonymousLogin();
  const { answer } = world;
  world.answer = () => { throw new TypeError("Failed to fetch"); };
  const security = createFramework(world).Kernel.load(config()).get("security");
  await assert.rejects(security.anonymousLogin(), (error: Error) => error instanceof IdentityError && error.type === "NetworkError");
  const told = await new Promise<[unknown, Error | undefined]>((resolve) => void security.anonymousLogin((token, error) => resolve([token, error])));
  assert.equal(told[0], null);
  assert.ok(told[1] instanceof IdentityError);
  world.answer = answer;
  assert.equal((await security.anonymousLogin()).identityId, "us-east-1:1");
  assert.equal(pool.identities.size, 1);
});

test("logout forgets the identity", async () => {
  const { world, framework } = loaded();
  new Pool(world);
  const security = framework.Kernel.get("security");
  await security.anonymousLogin();
  security.logout();
  assert.equal(security.token, null);
  assert.equal(await security.credentials(), null);
  assert.equal((await security.anonymousLogin()).identityId, "us-east-1:2");
});

test("parity 84: credentials are replaced before they expire, once for all who ask", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  const security = framework.Kernel.get("security");
  await security.anonymousLogin();
  world.time += (HOUR_S - 301) * 1000;
  assert.equal((await security.credentials())?.sessionToken, "token-1");
  world.time += 1000;
  const both = await Promise.all([security.credentials(), security.credentials()]);
  assert.deepEqual(both.map((credentials) => credentials?.sessionToken), ["token-2", "token-2"]);
  assert.equal(pool.credentials, 2);
});

test("parity 84: credentials that live shorter than the margin are used for half their life", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  pool.lastsSeconds = 60;
  const security = framework.Kernel.get("security");
  await security.anonymousLogin();
  world.time += 29_000;
  assert.equal((await security.credentials())?.sessionToken, "token-1");
  world.time += 1_000;
  assert.equal((await security.credentials())?.sessionToken, "token-2");
});

test("parity 84: the expiry callback fires when no new credentials are given", async () => {
  const { world, framework } = loaded();
  const pool = new Pool(world);
  const token = await framework.Kernel.get("security").anonymousLogin();
  const told: Error[] = [];
  token.registerTokenExpiredCallback((error) => told.push(error));
  await token.loadCredentials();
  assert.equal(told.length, 0);
  world.time += HOUR_S * 1000;
  pool.identities.clear();
  await assert.rejects(token.loadCredentials(), IdentityError);
  assert.equal(told.length, 1);
  assert.match(told[0]!.message, /400 ResourceNotFoundException: no such identity/);
});

test("a browser that stores nothing still logs in", async () => {
  const world = new World(null);
  new Pool(world);
  assert.equal((await createFramework(world).Kernel.load(config()).get("security").anonymousLogin()).identityId, "us-east-1:1");
});
