import assert from "node:assert/strict";
import { test } from "node:test";

import { createFramework } from "../src/framework.ts";
import { followChanges, type EventStream } from "../src/livereload/livereload.ts";
import { config, World } from "./world.ts";

class FakeStream implements EventStream {
  readonly #listeners = new Map<string, () => void>();

  addEventListener(type: string, listener: () => void): void {
    this.#listeners.set(type, listener);
  }

  send(type: string): void {
    this.#listeners.get(type)?.();
  }
}

test("a change reloads the page", () => {
  let reloads = 0;
  const stream = new FakeStream();
  followChanges(stream, () => void reloads++);
  stream.send("open");
  assert.equal(reloads, 0);
  stream.send("reload");
  assert.equal(reloads, 1);
});

test("a stream that opens again reloads the page: the platform was started anew", () => {
  let reloads = 0;
  const stream = new FakeStream();
  followChanges(stream, () => void reloads++);
  stream.send("open");
  stream.send("open");
  assert.equal(reloads, 1);
});

class StreamingWorld extends World {
  readonly opened: string[] = [];
  readonly stream = new FakeStream();

  override openEvents(url: string): EventStream {
    this.opened.push(url);
    return this.stream;
  }
}

for (const [liveReload, opened] of [["/_/reload", ["http://localhost:8000/_/reload"]], [null, []]] as const) {
  test(`boot follows changes ${liveReload ? "where" : "only where"} the configuration says so`, async () => {
    const world = new StreamingWorld();
    const framework = createFramework(world);
    framework.Kernel.load(config({ liveReload, microapps: { "deep.root": { isRoot: true, hasBootstrap: false, parameters: {}, resources: {} } } }));
    await framework.boot();
    world.stream.send("reload");
    assert.deepEqual(world.opened, opened);
    assert.equal(world.reloads, opened.length);
  });
}
