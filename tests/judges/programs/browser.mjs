// Lines of JSON in, lines out: `[{roles, acl, actions, questions: [[role, identifier]]}]` -> `[[allowed, ...], ...]`, decided by the browser library's
// own function, compiled as it is for a page.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const browser = join(import.meta.dirname, "..", "..", "..", "browser");
const { buildSync } = createRequire(join(browser, "package.json"))("esbuild");
const built = buildSync({ entryPoints: [join(browser, "src", "security", "acl.ts")], bundle: true, format: "esm", write: false });
const { isAllowed } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = JSON.parse(line).map(({ questions, ...rules }) => questions.map(([role, identifier]) => isAllowed(identifier, role, rules)));
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
