import assert from "node:assert/strict";
import { test } from "node:test";

import { createFramework } from "../src/framework.ts";
import { installSystem, moduleSystem } from "../src/system/system.ts";
import { config, loaded, World } from "./world.ts";

const asset = () => loaded().framework.Kernel.get("asset");

test("parity 52: a file of a microapplication is below its identifier and versioned", () => {
  assert.equal(asset().locate("@deep.todo:js/app/angular/index.js"), "deep.todo/js/app/angular/index.js?_v=1234abcd");
});

test("parity 52: a file of the root has no prefix", () => {
  assert.equal(asset().locate("@deep.root:js/app.js"), "js/app.js?_v=1234abcd");
  assert.equal(asset().locate("@deep.root:/js/app.js"), "js/app.js?_v=1234abcd");
});

test("suffixes come before the version, queries and fragments stay", () => {
  assert.equal(asset().locate("@deep.todo:js/app", ".js"), "deep.todo/js/app.js?_v=1234abcd");
  assert.equal(asset().locate("@deep.todo:a.svg?x=1#icon"), "deep.todo/a.svg?x=1&_v=1234abcd#icon");
});

test("versioning can be left out, once or always", () => {
  const service = asset();
  assert.equal(service.locate("@deep.todo:a.js", "", true), "deep.todo/a.js");
  service.injectBuildId = false;
  assert.equal(service.locate("@deep.todo:a.js"), "deep.todo/a.js");
});

test("absolute addresses stand on the app's base path, whatever page is shown", () => {
  assert.equal(asset().locateAbsolute("@deep.todo:a.js"), "http://localhost:8000/deep.todo/a.js?_v=1234abcd");
  const below = createFramework(new World()).Kernel.load(config({ globals: { basePath: "/shop" } }));
  assert.equal(below.get("asset").locateAbsolute("@deep.todo:a.js"), "http://localhost:8000/shop/deep.todo/a.js?_v=1234abcd");
});

test("System.import loads what locate answers, as the article's bootstrap.js does", async () => {
  const { world, framework } = loaded();
  world.modules = { "/deep.todo/js/app/angular/index.js": { default: "module" } };
  const scope = {} as { System?: { import(address: string): Promise<unknown> } };
  installSystem(scope, framework.Kernel);
  const deepAsset = framework.Kernel.container.get("asset") as { locate(reference: string): string };
  assert.deepEqual(await scope.System!.import(deepAsset.locate("@deep.todo:js/app/angular/index.js")), { default: "module" });
  assert.deepEqual(world.imported, ["http://localhost:8000/deep.todo/js/app/angular/index.js?_v=1234abcd"]);
});

test("System.import leaves whole addresses alone, and another loader in its place", async () => {
  const { world, framework } = loaded();
  world.modules = { "/x.js": "x" };
  await moduleSystem(framework.Kernel).import("https://cdn.example/x.js");
  assert.deepEqual(world.imported, ["https://cdn.example/x.js"]);
  const theirs = { import: async () => "theirs" };
  const scope = { System: theirs };
  installSystem(scope, framework.Kernel);
  assert.equal(scope.System, theirs);
});
