import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../src/security/clock.ts";
import type { SigningScope } from "../src/wire.ts";
import { action, cognito, config, json, loaded } from "./world.ts";

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

test("requests are signed for the API, direct calls for AWS Lambda", async () => {
  const { world, framework } = loaded({ apiSigning: { service: "execute-api", region: "eu-west-3", host: null } });
  world.answer = cognito;
  await framework.Kernel.get("security").anonymousLogin();
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create", { a: 1 });
  await create().apiKey("key-1").send();
  await create().useDirectCall().send();
  const [called, direct] = world.asked.slice(-2).map(({ headers }) => headers["authorization"] ?? "");
  assert.match(called!, /^AWS4-HMAC-SHA256 Credential=a\/20231114\/eu-west-3\/execute-api\/aws4_request, SignedHeaders=[a-z;-]+;x-api-key, Signature=[0-9a-f]{64}$/);
  assert.match(direct!, /^AWS4-HMAC-SHA256 Credential=a\/20231114\/eu-west-3\/lambda\/aws4_request, /);
});

test("a request is signed for the host of the API that serves its microapplication", async () => {
  const { microapps } = config();
  const signature = async (microapp: string, apiSigning: SigningScope) => {
    const { world, framework } = loaded({ apiSigning, microapps: { ...microapps, "acme.shop": microapps["deep.todo"]! } });
    world.answer = cognito;
    await framework.Kernel.get("security").anonymousLogin();
    await framework.Kernel.get("resource").get(`@${microapp}:task`).request("create").send();
    return world.asked.at(-1)?.headers["authorization"];
  };
  const [first, second] = ["first.example", "second.example"].map((host) => ({ service: "execute-api", region: "us-east-1", host }));
  const several = { ...first!, hosts: { "acme.shop": second!.host } };
  assert.equal(await signature("deep.todo", several), await signature("deep.todo", first!));
  assert.equal(await signature("acme.shop", several), await signature("acme.shop", second!));
  assert.notEqual(await signature("acme.shop", second!), await signature("acme.shop", first!));
});

test("a request refused because this computer's clock is wrong is signed by the right time", async () => {
  const { world, framework } = loaded();
  const right = world.time + 600_000;
  world.answer = (asked) => {
    if (asked.url.includes("cognito")) return cognito(asked);
    const stamp = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
    if (asked.headers["x-amz-date"] === stamp(right)) return json("well");
    return json({ message: `Signature expired: ${stamp(world.time)} is now earlier than ${stamp(right - 300_000)} (${stamp(right)} - 5 min.)` }, 403);
  };
  await framework.Kernel.get("security").anonymousLogin();
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  assert.equal((await create()).data, "well");
  assert.equal((await create()).data, "well");
  assert.equal(world.asked.filter(({ url }) => url.endsWith("create")).length, 3);
  assert.equal(world.asked.filter(({ url }) => url.includes("cognito")).length, 2);
});

test("the identity service's Date header sets the clock before the first request", async () => {
  const { world, framework } = loaded();
  const date = new Date(world.time - 7_200_000).toUTCString();
  world.answer = (asked) => {
    const answer = cognito(asked);
    answer.headers.set("date", date);
    return answer;
  };
  await framework.Kernel.get("security").anonymousLogin();
  assert.equal(framework.Kernel.clock.now(), Date.parse(date));
  await framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  assert.equal(world.asked.at(-1)?.headers["x-amz-date"], "20231114T201320Z");
});

test("a few seconds between the clocks are nothing to correct", () => {
  const clock = new Clock(() => 1_700_000_000_000);
  assert.equal(clock.heed(new Date(1_700_000_020_000).toUTCString()), false);
  assert.equal(clock.heed("nonsense"), false);
  assert.equal(clock.heed(null), false);
  assert.equal(clock.now(), 1_700_000_000_000);
});

test("a refusal says its reason, where the platform tells one", async () => {
  const { world, framework } = loaded();
  world.answer = () => json({ message: "Forbidden", reason: "unauthenticated may not call deep.todo:task:create" }, 403);
  const { error } = await framework.Kernel.get("resource").get("@deep.todo:task").request("create").send();
  assert.equal(error?.message, "Forbidden: unauthenticated may not call deep.todo:task:create");
});
