// Compiles every *.test.ts of this folder and runs them with node's own test runner.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const compiled = mkdtempSync(join(tmpdir(), "deep-browser-tests-"));
try {
  const sources = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
  await build({
    entryPoints: sources.map((name) => join(here, name)),
    outdir: compiled,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const tests = sources.map((name) => join(compiled, name.replace(/\.ts$/, ".mjs")));
  process.exitCode = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...tests], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
