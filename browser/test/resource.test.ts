import assert from "node:assert/strict";
import { test } from "node:test";

import { InvalidReferenceError, MissingResourceError, UnknownMethodError } from "../src/errors.ts";
import { queryString, withQuery } from "../src/resource/query.ts";
import { pauseMs } from "../src/resource/retry.ts";
import { action, json, loaded, type Asked } from "./world.ts";

const NEW_TODO = { create: action("create", { validationSchema: "NewTodo" }) };

test("parity 54: a request makes its round trip, by callback and by promise", async () => {
  const { world, framework } = loaded();
  world.answer = ({ body }) => json({ Id: "1", ...(body as object) }, 200, { "X-Amzn-RequestId": "r-1" });
  const request = framework.Kernel.get("resource").get("@deep.todo:task").request("create", { Title: "milk" });
  const told = await new Promise((resolve) => void request.send(resolve));
  const response = await request.send();
  assert.deepEqual(response, told);
  assert.deepEqual(world.asked[0], {
    url: "http://localhost:8000/deep-todo/task/create",
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: { Title: "milk" },
  });
});

test("parity 58: a response has data, error, isError, statusCode, headers, requestId, rawData", async () => {
  const { world, framework } = loaded();
  world.answer = () => json({ Id: "1" }, 201, { "X-Amzn-RequestId": "r-1" });
  const response = await framework.Kernel.get("resource").get("@deep.todo:task:create").request<{ Id: string }>({}).send();
  assert.equal(response.data?.Id, "1");
  assert.equal(response.error, null);
  assert.equal(response.isError, false);
  assert.equal(response.statusCode, 201);
  assert.equal(response.headers["content-type"], "application/json");
  assert.equal(response.requestId, "r-1");
  assert.equal(response.rawData, '{"Id":"1"}');
});

test("parity 58: an error of the backend is in the response, with every field", async () => {
  const { world, framework } = loaded();
  const validationErrors = [{ path: "Title", message: "is required" }];
  world.answer = () => json({ errorType: "ValidationError", errorMessage: "bad", validationErrors }, 400);
  const response = await framework.Kernel.get("resource").get("@deep.todo:task:create").request().send();
  assert.equal(response.isError, true);
  assert.equal(response.data, null);
  assert.equal(response.statusCode, 400);
  assert.equal(response.error?.name, "ValidationError");
  assert.equal(response.error?.message, "bad");
  assert.deepEqual(response.error?.validationErrors, validationErrors);
});

test("answers that are not ours are understood too", async () => {
  const { world, framework } = loaded();
  const request = framework.Kernel.get("resource").get("@deep.todo:task:create").request();
  world.answer = () => json({ message: "Forbidden" }, 403, { "x-amzn-errortype": "AccessDenied:http://x" });
  assert.equal((await request.send()).error?.name, "AccessDenied");
  assert.equal((await request.send()).error?.message, "Forbidden");
  world.answer = () => new Response("<html>bad gateway", { status: 502 });
  assert.equal((await request.send()).error?.message, "the action answered 502");
  assert.equal((await request.send()).rawData, "<html>bad gateway");
  world.answer = () => new Response("plain text");
  assert.equal((await request.send()).data, "plain text");
  world.answer = () => new Response(null, { status: 204 });
  assert.equal((await request.send()).data, null);
  world.answer = () => json({ errorType: "x", errorMessage: "the subject of a log entry" });
  assert.equal((await request.send()).isError, false);
});

test("a network that fails is an answer, not an exception", async () => {
  const { world, framework } = loaded();
  world.answer = () => { throw new TypeError("Failed to fetch"); };
  const response = await framework.Kernel.get("resource").get("@deep.todo:task:create").request().send();
  assert.equal(response.isError, true);
  assert.equal(response.statusCode, 0);
  assert.equal(response.requestId, null);
  assert.equal(response.error?.name, "NetworkError");
  assert.match(response.error!.message, /POST \/deep-todo\/task\/create could not be reached: Failed to fetch/);
});

test("a backend that is late is an answer, not an exception", async () => {
  const { world, framework } = loaded();
  world.answer = () => new Promise((resolve) => setTimeout(() => resolve(json({})), 300));
  const response = await framework.Kernel.get("resource").get("@deep.todo:task:create").request().timeout(20).send();
  assert.equal(response.error?.name, "TimeoutError");
  assert.equal(response.statusCode, 0);
});

test("parity 55: without a method the first declared one is used", async () => {
  const { world, framework } = loaded();
  const task = framework.Kernel.get("resource").get("@deep.todo:task");
  await task.request("remove", { Id: "a b" }).send();
  await task.request("remove", { Id: "a b" }, "post").send();
  assert.deepEqual(world.asked.map(({ method, url, body }) => [method, url, body]), [
    ["DELETE", "http://localhost:8000/deep-todo/task/delete?Id=a%20b", null],
    ["POST", "http://localhost:8000/deep-todo/task/delete", { Id: "a b" }],
  ]);
});

test("parity 55: a method that is not declared is refused before anything is sent", () => {
  const { world, framework } = loaded();
  const task = framework.Kernel.get("resource").get("@deep.todo:task");
  assert.throws(() => task.request("create", {}, "PUT"), UnknownMethodError);
  assert.throws(() => task.request("create", {}, "PUT"), /deep\.todo:task:create does not answer PUT; it answers POST/);
  assert.equal(world.asked.length, 0);
});

test("what the app does not have is refused, and what it has is named", () => {
  const resource = loaded().framework.Kernel.get("resource");
  assert.throws(() => resource.get("@deep.todo:tsak"), /deep\.todo has no resource "tsak"; it has task/);
  assert.throws(() => resource.get("@deep.todo:task:crate"), /deep\.todo:task has no action "crate"; it has create, retrieve, remove/);
  assert.throws(() => resource.get("@deep.todo:constructor"), MissingResourceError);
  assert.throws(() => resource.get("@deep.todo:task").request("toString"), MissingResourceError);
  assert.throws(() => resource.get("@deep.todo:task:create:now" as string), InvalidReferenceError);
  assert.throws(() => resource.get("deep.todo:task"), InvalidReferenceError);
  assert.equal(resource.has("@deep.todo:task:create"), true);
  assert.equal(resource.has("@deep.todo:task:crate"), false);
  assert.deepEqual(resource.list, ["deep.todo:task:create", "deep.todo:task:retrieve", "deep.todo:task:remove"]);
});

test("query strings", () => {
  const payload = { b: 1, a: "x y&z", list: ["p", "q"], none: null, gone: undefined, deep: { x: [1] }, yes: true };
  assert.equal(queryString(payload), "a=x%20y%26z&b=1&deep=%7B%22x%22%3A%5B1%5D%7D&list=p&list=q&none=&yes=true");
  assert.equal(queryString(null), "");
  assert.equal(withQuery("/a?x=1", "y=2"), "/a?x=1&y=2");
  assert.equal(withQuery("/a", ""), "/a");
});

test("parity 59: a payload that does not fit is answered with 400 and no network call", async () => {
  const { world, framework } = loaded({}, NEW_TODO);
  const response = await framework.Kernel.get("resource").get("@deep.todo:task").request("create", { Title: "" }).send();
  assert.equal(world.asked.length, 0);
  assert.equal(response.statusCode, 400);
  assert.equal(response.error?.name, "ValidationError");
  assert.deepEqual(response.error?.validationErrors, [{ path: "Title", message: "must have at least 1 character" }]);
});

test("parity 59: skipPreValidation leaves it to the backend", async () => {
  const { world, framework } = loaded({}, NEW_TODO);
  await framework.Kernel.get("resource").get("@deep.todo:task").request("create", { Title: "" }).skipPreValidation().send();
  assert.equal(world.asked.length, 1);
});

test("parity 62: retry tries again while the backend fails, and pauses in between", async () => {
  const { world, framework } = loaded();
  const answers = [500, 503, 200];
  world.answer = () => json({}, answers.shift());
  const response = await framework.Kernel.get("resource").get("@deep.todo:task").request("create").retry(3).send();
  assert.equal(response.statusCode, 200);
  assert.equal(world.asked.length, 3);
  assert.deepEqual(world.slept, [50, 100]);
});

test("parity 62: retry ends after so many times, and never repeats what the caller did wrong", async () => {
  const { world, framework } = loaded();
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create");
  world.answer = () => json({}, 500);
  assert.equal((await create().retry(2).send()).statusCode, 500);
  assert.equal(world.asked.length, 3);
  world.answer = () => json({}, 409);
  await create().retry(2).send();
  assert.equal(world.asked.length, 4);
  world.answer = () => json({}, 500);
  await create().send();
  assert.equal(world.asked.length, 5);
});

test("retry strategies can be added by name and as functions", async () => {
  const { world, framework } = loaded();
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create").retry(1);
  world.answer = () => { throw new TypeError("offline"); };
  await create().send();
  assert.equal(world.asked.length, 1);
  await create().addRetryStrategy("network-error").send();
  assert.equal(world.asked.length, 3);
  world.answer = () => json({}, 409);
  await create().addRetryStrategy((response) => response.statusCode === 409).send();
  assert.equal(world.asked.length, 5);
});

test("pauses double up to two seconds, anywhere below", () => {
  assert.deepEqual([0, 1, 2, 10].map((tries) => pauseMs(tries, () => 1)), [100, 200, 400, 2000]);
  assert.equal(pauseMs(3, () => 0), 0);
});

test("parity 62: an API key goes along", async () => {
  const { world, framework } = loaded();
  await framework.Kernel.get("resource").get("@deep.todo:task").request("create").apiKey("k-1").send();
  assert.equal(world.asked[0]?.headers["x-api-key"], "k-1");
});

test("parity 56: a direct call of a local function goes through the platform, its failure in a 200 is one", async () => {
  const { world, framework } = loaded();
  world.answer = () => json({ errorType: "Error", errorMessage: "broken" }, 200, { "x-amz-log-result": btoa("START\n") });
  const response = await framework.Kernel.get("resource").get("@deep.todo:task").request("create", { a: 1 }).useDirectCall(true).send();
  assert.equal(world.asked[0]?.url, "http://localhost:8000/_/lambda");
  assert.deepEqual(world.asked[0]?.body, { lambda: "arn:aws:lambda:::function:deep.todo-task-create", payload: { a: 1 }, method: "POST" });
  assert.equal(world.asked[0]?.headers["x-amz-log-type"], "Tail");
  assert.equal(response.error?.message, "broken");
  assert.equal(response.logResult, "START\n");
});

test("parity 57: an asynchronous call answers 202", async () => {
  const { world, framework } = loaded();
  world.answer = () => new Response("null", { status: 202 });
  const response = await framework.Kernel.get("resource").get("@deep.todo:task").request("create").invokeAsync().send();
  assert.equal(world.asked[0]?.url, "http://localhost:8000/_/lambda-async");
  assert.deepEqual([response.statusCode, response.data, response.isError], [202, null, false]);
});

test("parity 56: a deployed function is called directly by AWS Lambda's Invoke", async () => {
  const original = "arn:aws:lambda:eu-west-1:123456789012:function:DeepDevX";
  const { world, framework } = loaded({ apiBaseUrl: "https://api.example/dev/" }, { create: action("create", { source: { api: "/x", original } }) });
  const create = () => framework.Kernel.get("resource").get("@deep.todo:task").request("create", { a: 1 });
  world.answer = () => json({ made: true }, 200, { "x-amz-log-result": btoa("END\n") });
  const response = await create().useDirectCall(true).send();
  const [{ url, body, headers }] = world.asked as [Asked];
  assert.equal(url, `https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${encodeURIComponent(original)}/invocations`);
  assert.deepEqual(body, { a: 1 });
  assert.deepEqual([headers["x-amz-invocation-type"], headers["x-amz-log-type"]], ["RequestResponse", "Tail"]);
  assert.deepEqual([response.data, response.logResult], [{ made: true }, "END\n"]);
  world.answer = () => new Response("", { status: 202 });
  assert.equal((await create().invokeAsync().send()).statusCode, 202);
  assert.equal(world.asked[1]?.headers["x-amz-invocation-type"], "Event");
  world.answer = () => json({ Message: "User is not authorized", Type: "User" }, 403, { "x-amzn-errortype": "AccessDeniedException" });
  const refused = await create().useDirectCall().send();
  assert.deepEqual([refused.error?.name, refused.error?.message], ["AccessDeniedException", "User is not authorized"]);
  await create().send();
  assert.equal(world.asked[3]?.url, "https://api.example/dev/x");
});
