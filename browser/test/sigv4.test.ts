import assert from "node:assert/strict";
import { test } from "node:test";

import cases from "../../tests/cases/signatures/browser.json";
import { signed } from "../src/security/sigv4.ts";

const credentials = { ...cases.credentials, expiresAt: 0 };

for (const { scope, authorization, ...request } of cases.cases) {
  test(`${request.method} ${request.url} is signed as botocore signs it`, () => {
    const headers = signed(request as never, credentials, scope, cases.now);
    assert.equal(headers["authorization"], authorization);
    assert.equal(headers["x-amz-date"], cases.date);
    assert.equal(headers["x-amz-security-token"], credentials.sessionToken);
    assert.equal("host" in headers, false, "a page may not set it, and it is that of the address anyhow");
  });
}
