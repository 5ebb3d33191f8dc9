import assert from "node:assert/strict";
import { test } from "node:test";

import { ConfigError, InvalidReferenceError, MissingServiceError } from "../src/errors.ts";
import { createFramework } from "../src/framework.ts";
import { Container } from "../src/kernel/container.ts";
import { resolveReference, splitReference } from "../src/kernel/reference.ts";
import { config, json, loaded, World } from "./world.ts";

test("parity 51: @microapp:path is split, blanks around its parts dropped", () => {
  assert.deepEqual(splitReference("@deep.todo:js/app.js"), { microapp: "deep.todo", path: "js/app.js" });
  assert.deepEqual(splitReference("@ deep.todo : task:create "), { microapp: "deep.todo", path: "task:create" });
});

for (const reference of ["deep.todo:js/app.js", "@deep.todo", "@:js/app.js", "@deep.todo:", "@deep.todo:a b", ""]) {
  test(`parity 51: "${reference}" is refused`, () => {
    assert.throws(() => splitReference(reference), InvalidReferenceError);
  });
}

test("parity 51: an unknown microapplication is refused, and those there are are named", () => {
  const { microapps } = config();
  assert.throws(() => resolveReference("@deep.tood:js/x.js", microapps), /"deep\.tood".*deep\.root, deep\.todo/);
  assert.throws(() => resolveReference("@constructor:js/x.js", microapps), InvalidReferenceError);
});

test("parity 49: services are made once, when first asked for", () => {
  let made = 0;
  const container = new Container().register("clock", () => ({ made: ++made })).addParameter("answer", 42);
  assert.equal(made, 0);
  assert.equal(container.get("clock"), container.get("clock"));
  assert.equal(made, 1);
  assert.equal(container.get("answer"), 42);
});

test("parity 49: a missing service is named, with those there are", () => {
  const { Kernel } = loaded().framework;
  assert.throws(() => Kernel.get("sercurity"), (error: Error) => error instanceof MissingServiceError && /"sercurity".*security/.test(error.message));
  assert.equal(Kernel.has("sercurity"), false);
});

test("parity 50: the frontend's services are there, by kernel and by container", () => {
  const { Kernel } = loaded().framework;
  for (const name of ["asset", "cache", "log", "resource", "security", "validation"]) {
    assert.equal(Kernel.has(name), true);
    assert.equal(Kernel.get(name), Kernel.container.get(name));
  }
});

test("the kernel knows the app", () => {
  const { Kernel } = loaded().framework;
  assert.equal(Kernel.env, "dev");
  assert.equal(Kernel.buildId, "1234abcd");
  assert.equal(Kernel.isLocalhost, true);
  assert.equal(Kernel.rootMicroservice.identifier, "deep.root");
  assert.equal(Kernel.microservice("deep.todo").isRoot, false);
  assert.equal(Kernel.getParam("logDrivers|sentry|dsn", "none"), null);
  assert.equal(Kernel.getParam("logDrivers|raven|dsn", "none"), "none");
  assert.equal(Kernel.getParam("constructor", "none"), "none");
  assert.equal(Kernel.getMsParam("deep.todo", "page|size"), 10);
  assert.throws(() => Kernel.microservice("deep.nowhere"), ConfigError);
});

for (const [address, expected] of [
  ["https://todo.example/", false],
  ["http://127.0.0.1:8000/", true],
  ["http://[::1]:8000/", true],
  ["http://app.localhost/", true],
  ["http://localhost.example/", false],
] as const) {
  test(`${address} is ${expected ? "" : "not "}local`, () => {
    const { world, framework } = loaded();
    world.location = new URL(address);
    assert.equal(framework.Kernel.isLocalhost, expected);
  });
}

test("before it is loaded the kernel says what to wait for", () => {
  const { Kernel } = createFramework(new World());
  assert.equal(Kernel.isLoaded, false);
  assert.throws(() => Kernel.env, /boot\(\)/);
});

test("loadFromFile answers by callback and by promise", async () => {
  const world = new World();
  world.answer = () => json(config());
  const { Kernel } = createFramework(world);
  const told = await new Promise((resolve) => void Kernel.loadFromFile("/_config.json", (_error, kernel) => resolve(kernel)));
  assert.equal(told, Kernel);
  assert.equal(world.asked[0]?.url, "http://localhost:8000/_config.json");
  assert.equal(await Kernel.loadFromFile(), Kernel);
});

test("a configuration that cannot be had is told by address and reason", async () => {
  const world = new World();
  const { Kernel } = createFramework(world);
  const failures: [() => Response, RegExp][] = [
    [() => new Response("no", { status: 404, statusText: "Not Found" }), /_config\.json answered 404 Not Found/],
    [() => new Response("<html>"), /_config\.json is not JSON/],
    [() => json({ ...config(), version: 99 }), /version 99, this library reads 1/],
    [() => json(null), /version undefined/],
    [() => { throw new TypeError("Failed to fetch"); }, /could not be fetched: Failed to fetch/],
  ];
  for (const [answer, expected] of failures) {
    world.answer = answer;
    await assert.rejects(Kernel.loadFromFile(), (error: Error) => error instanceof ConfigError && expected.test(error.message));
  }
});

test("a failing load given a callback is told there, and needs no catch", async () => {
  const world = new World();
  world.answer = () => new Response("", { status: 500 });
  const error = await new Promise((resolve) => void createFramework(world).Kernel.loadFromFile("/_config.json", resolve));
  assert.ok(error instanceof ConfigError);
});
