// Lines of JSON in, lines out: `[{document, questions: [[action, resource, context]]}]` -> `[[allowed, ...], ...]`, or `{error}`.
import { createInterface } from "node:readline";
import { runSimulation, runUnsafeSimulation } from "@cloud-copilot/iam-simulate";

const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/judged`;

/** Requests whose action and resource were found to fit each other: finding that out takes ten times as long as judging. */
const fitting = new Set();

async function decide(document, [action, resource, contextVariables], isFirst) {
  const simulation = {
    request: { principal: PRINCIPAL, action, resource: { resource, accountId: ACCOUNT }, contextVariables },
    identityPolicies: [{ name: "judged", policy: document }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const isPlain = Object.keys(contextVariables).length === 0 && !resource.includes("*");
  const request = `${action} ${resource}`;
  // A document's first question is always asked the long way, which checks the document too.
  if (isPlain && !isFirst && fitting.has(request)) return runUnsafeSimulation(simulation, {}) === "Allowed";
  const result = await runSimulation(simulation, {});
  if (result.resultType === "error") throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  const ignored = result.result?.ignoredContextKeys ?? [];
  if (ignored.length > 0) throw new Error(`${action} on ${resource}: the context ${ignored} was not looked at`);
  fitting.add(request);
  return result.overallResult === "Allowed";
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = [];
    for (const { document, questions } of JSON.parse(line)) {
      const decisions = [];
      for (const question of questions) decisions.push(await decide(document, question, decisions.length === 0));
      answer.push(decisions);
    }
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
