// Lines of JSON in, lines out: `[{document, questions: [[action, resource, context, principal]]}]` -> `[[allowed, ...], ...]`, or `{error}`.
import { createInterface } from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/judged`;

async function decide(document, [action, resource, contextVariables]) {
  const result = await runSimulation(
    {
      request: { principal: PRINCIPAL, action, resource: { resource, accountId: ACCOUNT }, contextVariables },
      identityPolicies: [{ name: "judged", policy: document }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === "error") throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  const ignored = (result.result?.ignoredContextKeys ?? []).filter((key) => !key.toLowerCase().startsWith("aws:principaltag/"));
  if (ignored.length > 0) throw new Error(`${action} on ${resource}: the context ${ignored} was not looked at`);
  return result.overallResult === "Allowed";
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = [];
    for (const { document, questions } of JSON.parse(line)) {
      const decisions = [];
      for (const question of questions) decisions.push(await decide(document, question));
      answer.push(decisions);
    }
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
