import assert from "node:assert/strict";
import { test } from "node:test";

import { action, cognito, json, loaded } from "./world.ts";

test("parity 56: an external action is called at its own URL, and never learns who calls", async () => {
  const url = "https://rates.example/v1?base=eur";
  const external = action("rates", { type: "external", methods: ["GET"], source: { api: url, original: url } });
  const { world, framework } = loaded({}, { external });
  world.answer = cognito;
  await framework.Kernel.get("security").anonymousLogin();
  const request = () => framework.Kernel.get("resource").get("@deep.todo:task").request("external", { of: "usd" });
  await request().send();
  await request().useDirectCall().send();
  assert.deepEqual(world.asked.slice(-2).map((asked) => asked.url), [`${url}&of=usd`, `${url}&of=usd`]);
  assert.equal(world.asked.some(({ headers, url: asked }) => asked.startsWith("https://rates") && "x-amz-security-token" in headers), false);
  assert.equal((await request().invokeAsync().send()).error?.name, "UnsupportedCallError");
});

test("who is logged in is told to the app's own functions, except to those open to all", async () => {
  const { world, framework } = loaded({}, { open: action("open", { authorization: "NONE" }) });
  world.answer = cognito;
  const task = framework.Kernel.get("resource").get("@deep.todo:task");
  await task.request("create").send();
  await framework.Kernel.get("security").anonymousLogin();
  await task.request("create").send();
  await task.request("open").send();
  const told = world.asked.filter(({ url }) => url.includes("deep-todo")).map(({ headers }) => headers["x-amz-security-token"]);
  assert.deepEqual(told, [undefined, "token-1", undefined]);
});

test("a request waits for a login under way", async () => {
  const { world, framework } = loaded();
  world.answer = cognito;
  void framework.Kernel.get("security").anonymousLogin();
  await framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  assert.equal(world.asked.at(-1)?.headers["x-amz-security-token"], "token-1");
});

test("a token that expired on the way is replaced, once", async () => {
  const { world, framework } = loaded();
  let credentials = 0;
  const expired = new Set(["token-1"]);
  world.answer = (asked) => {
    if (asked.url.includes("cognito")) return cognito(asked, `token-${asked.headers["x-amz-target"]?.endsWith("GetId") ? 0 : ++credentials}`);
    const isExpired = expired.has(asked.headers["x-amz-security-token"]!);
    return isExpired ? json({ message: "The security token included in the request is expired" }, 403) : json("well");
  };
  await framework.Kernel.get("security").anonymousLogin();
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  assert.equal((await create()).data, "well");
  expired.add("token-2").add("token-3");
  assert.equal((await create()).statusCode, 403);
  assert.equal(credentials, 3);
});

test("a token of before the platform forgot its secret is replaced too", async () => {
  const { world, framework } = loaded();
  const answers = [json({ message: "The security token included in the request is invalid." }, 403), json("well")];
  world.answer = (asked) => (asked.url.includes("cognito") ? cognito(asked) : answers.shift()!);
  await framework.Kernel.get("security").anonymousLogin();
  assert.equal((await framework.Kernel.get("resource").get("@deep.todo:task").request("create").send()).data, "well");
});

test("when no credentials can be had the response says so", async () => {
  const { world, framework } = loaded();
  world.answer = cognito;
  await framework.Kernel.get("security").anonymousLogin();
  world.time += 3_600_000;
  world.answer = () => json({ __type: "NotAuthorizedException", message: "gone" }, 400);
  const response = await framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  assert.equal(response.error?.name, "IdentityError");
  assert.equal(response.statusCode, 403);
});
