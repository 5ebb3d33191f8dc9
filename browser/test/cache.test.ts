import assert from "node:assert/strict";
import { test } from "node:test";

import { Cache } from "../src/cache/cache.ts";
import { LocalStorageStore, MemoryStore, openStore, type Store } from "../src/cache/store.ts";
import { FakeStorage } from "./world.ts";

const STORES: Record<string, () => Store> = {
  memory: () => new MemoryStore(),
  "local-storage": () => new LocalStorageStore(new FakeStorage(), "deep:app:"),
};

// Parity 91: one contract for every driver.
for (const [type, makeStore] of Object.entries(STORES)) {
  const made = () => {
    const clock = { time: 1000 };
    return { clock, cache: new Cache(makeStore(), "build", () => clock.time) };
  };

  test(`parity 91, ${type}: what is set can be got, as a copy`, async () => {
    const { cache } = made();
    const value = { list: [1, { deep: true }] };
    assert.equal(await cache.set("key", value), true);
    const got = await cache.get("key");
    assert.deepEqual(got, value);
    assert.notEqual(got, value);
    assert.equal(await cache.has("key"), true);
    assert.equal(cache.type, type);
  });

  test(`parity 91, ${type}: what was never set is undefined`, async () => {
    const { cache } = made();
    assert.equal(await cache.get("key"), undefined);
    assert.equal(await cache.has("key"), false);
  });

  test(`parity 91, ${type}: times to live are seconds, 0 for ever, negative not at all`, async () => {
    const { cache, clock } = made();
    await cache.set("short", 1, 10);
    await cache.set("ever", 2, 0);
    assert.equal(await cache.set("never", 3, -1), false);
    clock.time += 9_999;
    assert.equal(await cache.get("short"), 1);
    clock.time += 1;
    assert.equal(await cache.get("short"), undefined);
    assert.equal(await cache.has("short"), false);
    clock.time += 1e12;
    assert.equal(await cache.get("ever"), 2);
    assert.equal(await cache.get("never"), undefined);
  });

  test(`parity 91, ${type}: invalidate forgets now or later, flush forgets all`, async () => {
    const { cache, clock } = made();
    await cache.set("now", 1);
    await cache.set("later", 2);
    await cache.set("other", 3);
    assert.equal(await cache.invalidate("now"), true);
    assert.equal(await cache.invalidate("now"), false);
    await cache.invalidate("later", 5);
    assert.equal(await cache.get("now"), undefined);
    assert.equal(await cache.get("later"), 2);
    clock.time += 5_000;
    assert.equal(await cache.get("later"), undefined);
    await cache.flush();
    assert.equal(await cache.has("other"), false);
  });

  test(`parity 91, ${type}: callbacks are called as promises are kept`, async () => {
    const { cache } = made();
    await new Promise((resolve) => void cache.set("key", "value", 0, resolve));
    const told = await new Promise((resolve) => void cache.get("key", (error, value) => resolve([error, value])));
    assert.deepEqual(told, [null, "value"]);
  });
}

test("the next deploy finds nothing of the one before, and clears it away", async () => {
  const storage = new FakeStorage();
  const store = () => new LocalStorageStore(storage, "deep:app:cache:");
  await new Cache(store(), "first", () => 0).set("key", "old");
  storage.setItem("theirs", "untouched");
  const next = new Cache(store(), "second", () => 0);
  assert.equal(await next.get("key"), undefined);
  assert.deepEqual([...storage.entries.keys()], ["theirs"]);
});

test("a full storage makes room of what has ended, or keeps nothing", async () => {
  const clock = { time: 0 };
  const cache = new Cache(new LocalStorageStore(new FakeStorage(1), "p:"), "build", () => clock.time);
  assert.equal(await cache.set("a", 1, 10), true);
  assert.equal(await cache.set("b", 2, 10), false);
  clock.time = 10_000;
  assert.equal(await cache.set("b", 2, 10), true);
});

test("what others wrote below our prefix is not taken for a value", async () => {
  const storage = new FakeStorage();
  const cache = new Cache(new LocalStorageStore(storage, "p:"), "build", () => 0);
  storage.setItem("p:build:key", "{not json");
  storage.setItem("p:build:other", "17");
  assert.equal(await cache.get("key"), undefined);
  assert.equal(await cache.get("other"), undefined);
});

test("memory holds so many entries and lets the oldest go", () => {
  const store = new MemoryStore(2);
  for (const key of ["a", "b", "a", "c"]) store.set(key, key);
  assert.deepEqual(store.keys(), ["a", "c"]);
});

test("without a storage of the browser's, memory serves", () => {
  assert.equal(openStore(null, "p:").type, "memory");
  assert.equal(openStore(new FakeStorage(), "p:").type, "local-storage");
});
