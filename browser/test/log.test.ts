import assert from "node:assert/strict";
import { test } from "node:test";

import { LEVELS, Log } from "../src/log/log.ts";
import { loaded, World } from "./world.ts";

test("parity 94: every level reaches the console as urgent as it is", () => {
  const { world, framework } = loaded();
  const log = framework.Kernel.get("log");
  for (const level of LEVELS) log[level]("told");
  assert.deepEqual(world.logged.map(({ level }) => level), ["debug", "info", "info", "warn", "error", "error", "error", "error"]);
  assert.deepEqual(world.logged[2]?.parts, ["[notice] told"]);
});

test("parity 94: messages below the level are dropped, context goes along", () => {
  const world = new World();
  const log = new Log(world.console);
  log.level = "warn";
  log.info("dropped");
  log.log("kept", "crit", { id: 7 });
  assert.deepEqual(world.logged, [{ level: "error", parts: ["[crit] kept", { id: 7 }] }]);
});
