// Builds dist/: the script with the global `DeepFramework`, the ES module, and the type declarations.
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = import.meta.dirname;
const MOST_BYTES = 20 * 1024;
const LICENSES = "deep-framework.licenses.txt";
const footer = { js: `/*! Holds @noble/hashes, MIT License: see ${LICENSES} */` };
const shared = { footer, bundle: true, minify: true, sourcemap: "linked", target: "es2022", logLevel: "warning", absWorkingDir: here };
const outputs = [
  { entryPoints: ["src/global.ts"], format: "iife", outfile: "dist/deep-framework.js" },
  { entryPoints: ["src/index.ts"], format: "esm", outfile: "dist/deep-framework.mjs" },
];

rmSync(join(here, "dist"), { recursive: true, force: true });
await Promise.all(outputs.map((output) => build({ ...shared, ...output })));
copyFileSync(join(here, "node_modules/@noble/hashes/LICENSE"), join(here, "dist", LICENSES));
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
execFileSync(process.execPath, [join(typescript, "bin", "tsc"), "-p", join(here, "tsconfig.build.json")], { stdio: "inherit" });

for (const { outfile } of outputs) {
  const bytes = gzipSync(readFileSync(join(here, outfile)), { level: 9 }).length;
  console.log(`${outfile}: ${(bytes / 1024).toFixed(1)} kB gzipped`);
  if (bytes > MOST_BYTES) throw new Error(`${outfile} is heavier than the ${MOST_BYTES / 1024} kB that a page may be asked to wait for`);
}
