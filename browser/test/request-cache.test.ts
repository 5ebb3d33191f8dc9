import assert from "node:assert/strict";
import { test } from "node:test";

import { action, cognito, json, loaded } from "./world.ts";

test("parity 60: a GET's answer is kept for the action's time to live", async () => {
  const { world, framework } = loaded({}, { retrieve: action("retrieve", { methods: ["GET"], cacheTtl: 60 }) });
  let count = 0;
  world.answer = () => json({ count: ++count });
  const retrieve = (payload: object) => framework.Kernel.get("resource").get("@deep.todo:task").request<{ count: number }>("retrieve", payload);
  assert.equal((await retrieve({ a: 1, b: 2 }).send()).data?.count, 1);
  const again = await retrieve({ b: 2, a: 1 }).send();
  assert.equal(again.data?.count, 1, "the key does not depend on the order of fields");
  again.data!.count = 99;
  assert.equal((await retrieve({ a: 1, b: 2 }).send()).data?.count, 1, "what a caller does to the data stays with the caller");
  assert.equal((await retrieve({ a: 1, b: 3 }).send()).data?.count, 2, "another payload is another request");
  world.time += 60_000;
  assert.equal((await retrieve({ a: 1, b: 2 }).send()).data?.count, 3);
});

test("parity 60: 0 keeps for ever, -1 not at all, invalidate asks anew", async () => {
  const { world, framework } = loaded();
  let count = 0;
  world.answer = () => json(++count);
  const retrieve = () => framework.Kernel.get("resource").get("@deep.todo:task").request("retrieve");
  assert.deepEqual([(await retrieve().send()).data, (await retrieve().send()).data], [1, 2], "the action declares -1");
  await retrieve().cache(0).send();
  world.time += 1e12;
  assert.equal((await retrieve().cache(0).send()).data, 3);
  assert.equal((await retrieve().disableCache().send()).data, 4);
  assert.equal((await retrieve().cache(0).invalidateCache().send()).data, 5);
  assert.equal((await retrieve().cache(0).send()).data, 5);
  await retrieve().invalidateCache().send();
  assert.equal((await retrieve().cache(0).send()).data, 7, "invalidated without being cached again");
});

test("parity 60: enableCache keeps for ten seconds where the action declares nothing", async () => {
  const { world, framework } = loaded();
  let count = 0;
  world.answer = () => json(++count);
  const retrieve = () => framework.Kernel.get("resource").get("@deep.todo:task").request("retrieve").enableCache();
  await retrieve().send();
  world.time += 9_999;
  assert.equal((await retrieve().send()).data, 1);
  world.time += 1;
  assert.equal((await retrieve().send()).data, 2);
});

test("parity 60: only successes of GET are kept", async () => {
  const { world, framework } = loaded({}, { remove: action("delete", { methods: ["DELETE", "POST", "GET"], cacheTtl: 60 }) });
  const task = framework.Kernel.get("resource").get("@deep.todo:task");
  for (const method of ["DELETE", "POST"]) {
    await task.request("remove", {}, method).cache(60).send();
    await task.request("remove", {}, method).cache(60).send();
  }
  assert.equal(world.asked.length, 4);
  world.answer = () => json({ errorType: "Error", errorMessage: "broken" }, 500);
  await task.request("remove", {}, "GET").send();
  world.answer = () => json("well");
  assert.equal((await task.request("remove", {}, "GET").send()).data, "well");
});

test("one identity's cached answers are not another's", async () => {
  const { world, framework } = loaded({}, { retrieve: action("retrieve", { methods: ["GET"], cacheTtl: 0 }) });
  let identities = 0;
  world.answer = (asked) => {
    if (asked.headers["x-amz-target"]?.endsWith("GetId")) return json({ IdentityId: `us-east-1:${++identities}` });
    return asked.url.includes("cognito") ? cognito(asked) : json(`for ${identities}`);
  };
  const security = framework.Kernel.get("security");
  const retrieve = async () => (await framework.Kernel.get("resource").get("@deep.todo:task").request("retrieve").send()).data;
  await security.anonymousLogin();
  assert.deepEqual([await retrieve(), await retrieve()], ["for 1", "for 1"]);
  security.logout();
  await security.anonymousLogin();
  assert.equal(await retrieve(), "for 2");
});
