import assert from "node:assert/strict";
import { test } from "node:test";

import type { BootFailure } from "../src/boot/boot.ts";
import { showFailure, title } from "../src/boot/page.ts";
import { ConfigError } from "../src/errors.ts";
import { createFramework } from "../src/framework.ts";
import { FakeDocument } from "./document.ts";
import { config, json, World } from "./world.ts";

/** A page whose app has the given microapplications, the root listed last; every module notes what it does. */
function page(...others: string[]): { world: World; steps: string[]; modules: Record<string, Record<string, () => unknown>> } {
  const world = new World();
  const steps: string[] = [];
  const names = [...others, "deep.root"];
  const microapp = (name: string) => ({ isRoot: name === "deep.root", hasBootstrap: true, parameters: {}, resources: {} });
  const microapps = Object.fromEntries(names.map((name) => [name, microapp(name)]));
  world.answer = () => json(config({ microapps }));
  const modules: Record<string, Record<string, () => unknown>> = {};
  for (const name of names) {
    const note = (step: string) => async () => {
      await Promise.resolve();
      steps.push(`${name} ${step}`);
      return `${name}'s`;
    };
    modules[name] = { configLoad: note("configLoad"), loadFirst: note("loadFirst"), default: note("default") };
    world.modules[name === "deep.root" ? "/bootstrap.js" : `/${name}/bootstrap.js`] = modules[name];
  }
  return { world, steps, modules };
}

test("parity 53: all modules load, then every configLoad, every loadFirst, the root's default and the others'", async () => {
  const { world, steps } = page("deep.todo", "deep.shop");
  const { microapps, failures } = await createFramework(world).boot();
  assert.deepEqual(world.imported, ["/", "/deep.todo/", "/deep.shop/"].map((folder) => `http://localhost:8000${folder}bootstrap.js?_v=1234abcd`));
  const order = ["deep.root", "deep.todo", "deep.shop"];
  assert.deepEqual(steps, ["configLoad", "loadFirst", "default"].flatMap((step) => order.map((name) => `${name} ${step}`)));
  assert.deepEqual(microapps.map(({ identifier, value }) => [identifier, value]), order.map((name) => [name, `${name}'s`]));
  assert.deepEqual(failures, []);
});

test("a microapplication without bootstrap.js is not asked for one, and every export is optional", async () => {
  const world = new World();
  world.answer = () => json(config());
  world.modules = { "/deep.todo/bootstrap.js": {} };
  const { microapps } = await createFramework(world).boot();
  assert.deepEqual(microapps.map(({ identifier, value }) => [identifier, value]), [["deep.todo", undefined]]);
});

for (const step of ["load", "configLoad", "loadFirst", "default"] as const) {
  test(`one microapplication whose ${step} fails stops no other, and takes no further part`, async () => {
    const { world, steps, modules } = page("deep.todo", "deep.shop");
    if (step === "load") delete world.modules["/deep.todo/bootstrap.js"];
    else modules["deep.todo"]![step] = () => { throw new Error("broken"); };
    const told: BootFailure[] = [];
    const { microapps, failures } = await createFramework(world).boot({ onFailure: (failure) => told.push(failure) });
    assert.deepEqual(microapps.map(({ identifier }) => identifier), ["deep.root", "deep.shop"]);
    assert.deepEqual(told.map((failure) => [failure.microapp, failure.step]), [["deep.todo", step]]);
    assert.deepEqual(failures, told);
    assert.equal(steps.includes("deep.todo default"), false);
  });
}

test("without a configuration nothing starts, which is shown and rejected", async () => {
  const world = new World();
  world.answer = () => new Response("", { status: 503 });
  world.document = new FakeDocument().asDocument();
  await assert.rejects(createFramework(world).boot(), ConfigError);
  assert.match((world.document as unknown as FakeDocument).body.text, /This app could not be loaded\..*_config\.json answered 503/);
  assert.equal(world.logged[0]?.level, "error");
});

test("a configuration embedded in the page spares the fetch", async () => {
  const world = new World();
  world.document = new FakeDocument({ "deep-config": JSON.stringify(config({ env: "prod" })) }).asDocument();
  world.modules = { "/deep.todo/bootstrap.js": {} };
  const { kernel } = await createFramework(world).boot();
  assert.equal(kernel.env, "prod");
  assert.equal(world.asked.length, 0);
});

test("a configuration that the page loaded itself is used", async () => {
  const world = new World();
  world.modules = { "/deep.todo/bootstrap.js": {} };
  const framework = createFramework(world);
  framework.Kernel.load(config({ env: "test" }));
  assert.equal((await framework.boot()).kernel.env, "test");
  assert.equal(world.asked.length, 0);
});

test("booting twice is booting once", async () => {
  const { world, steps } = page();
  const framework = createFramework(world);
  assert.equal(await framework.boot(), await framework.boot());
  assert.equal(steps.filter((step) => step === "deep.root default").length, 1);
});

test("failures are shown as text in one panel that assistive technology announces", () => {
  const document = new FakeDocument();
  const failure = (name: string): BootFailure => ({ microapp: name, step: "load", error: new Error("<img src=x onerror=alert(1)>") });
  showFailure(document.asDocument(), failure("deep.todo"));
  showFailure(document.asDocument(), failure("deep.shop"));
  assert.equal(document.body.children.length, 1);
  const panel = document.body.children[0]!;
  assert.equal(panel.attributes["role"], "alert");
  assert.equal(panel.children.length, 2);
  assert.match(panel.text, /deep\.todo: its bootstrap\.js could not be loaded\.<img src=x onerror=alert\(1\)>deep\.shop/);
  assert.equal(document.created.includes("img"), false);
});

test("titles name the step", () => {
  assert.equal(title({ microapp: "deep.todo", step: "loadFirst", error: new Error() }), "deep.todo: its loadFirst failed.");
});
