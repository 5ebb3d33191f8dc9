import assert from "node:assert/strict";
import { test } from "node:test";

import { UserService, WITH_USERS } from "./user-service.ts";
import { loaded } from "./world.ts";

async function as(groups: string[] | null) {
  const { world, framework } = loaded(WITH_USERS);
  const service = new UserService(world);
  const security = framework.Kernel.get("security");
  if (groups) {
    service.account("ada", { groups });
    await security.signIn("ada", "Secret-1");
  }
  return { service, security };
}

test("parity 86: buttons follow the role: nobody's, a user's, a group's", async () => {
  const allowed = async (groups: string[] | null) => {
    const { security } = await as(groups);
    return ["retrieve", "create", "remove"].filter((name) => security.isAllowed(`deep.todo:task:${name}`));
  };
  assert.deepEqual(await allowed(null), ["retrieve"]);
  assert.deepEqual(await allowed([]), ["retrieve", "create"]);
  assert.deepEqual(await allowed(["Editors"]), ["retrieve", "create", "remove"]);
});

test("of several groups the user acts in the one that comes first, as one role", async () => {
  const { security } = await as(["Readers", "Unknown", "Editors"]);
  assert.equal(security.role, "Editors");
  assert.deepEqual(security.currentUser?.groups, ["Readers", "Unknown", "Editors"]);
  assert.equal((await as(["Unknown"])).security.role, "authenticated");
  assert.equal((await as(["unauthenticated"])).security.role, "authenticated");
  assert.equal((await as(["authenticated", "Readers"])).security.role, "Readers");
});

test("parity 86: a pattern is allowed when all it means is", async () => {
  const { security } = await as(["Editors"]);
  assert.equal(security.isAllowed("deep.todo:task:*"), true);
  assert.equal(security.isAllowed("deep.todo:task"), true);
  assert.equal(security.isAllowed("@deep.todo:task:re*"), true);
  const reader = (await as(["Readers"])).security;
  assert.equal(reader.isAllowed("deep.todo:*"), false);
  assert.equal(reader.isAllowed("deep.todo:task:c*"), true);
  assert.equal(reader.token?.isAllowed("deep.todo:task:c*"), true);
});

test("what is not there is not allowed, and a dot is a dot", async () => {
  const { security } = await as(["Editors"]);
  assert.equal(security.isAllowed("deep.todo:task:nothing"), false);
  assert.equal(security.isAllowed("deepXtodo:task:create"), false);
  assert.equal(security.isAllowed(""), false);
  assert.equal(loaded().framework.Kernel.get("security").isAllowed("deep.todo:task:create"), false);
});

test("a user put into a group acts in it from the next renewal on, which listeners hear", async () => {
  const { service, security } = await as([]);
  const heard: string[] = [];
  const stop = security.onChange(({ reason, role, user }) => heard.push(`${reason} ${role} ${user?.username}`));
  service.accounts.get("ada")!.groups = ["Editors"];
  await security.renew();
  assert.equal(security.isAllowed("deep.todo:task:remove"), true);
  await security.renew();
  stop();
  await security.signOut();
  assert.deepEqual(heard, ["renewed Editors ada"]);
});
