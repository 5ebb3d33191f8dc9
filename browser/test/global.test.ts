import assert from "node:assert/strict";
import { test } from "node:test";

import { install } from "../src/global.ts";
import DeepFramework, { ConfigError, MissingServiceError } from "../src/index.ts";

test("the module and the page's global are one framework", () => {
  assert.equal((globalThis as { DeepFramework?: unknown }).DeepFramework, DeepFramework);
  assert.equal(typeof (globalThis as { System?: { import?: unknown } }).System?.import, "function");
});

test("loading the library a second time keeps the framework that the page uses", () => {
  const scope = {};
  const first = install(scope);
  assert.equal(install(scope), first);
  assert.notEqual(first, DeepFramework);
});

test("errors can be told apart by class and by name", () => {
  assert.throws(() => DeepFramework.Kernel.config, ConfigError);
  assert.throws(() => DeepFramework.Kernel.get("db"), { name: "MissingServiceError" });
  assert.throws(() => DeepFramework.Kernel.get("db"), MissingServiceError);
});
