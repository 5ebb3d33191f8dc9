import AuthenticationHelper from "amazon-cognito-identity-js/es/AuthenticationHelper.js";
import BigInteger from "amazon-cognito-identity-js/es/BigInteger.js";
import DateHelper from "amazon-cognito-identity-js/es/DateHelper.js";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import { PasswordProof } from "../src/security/srp.ts";
import { SALT, SECRET_BLOCK, SrpServer } from "./srp-server.ts";

const POOL = "us-east-1_AbCd";
const NOW = Date.UTC(2016, 1, 2, 9, 5, 7);

/** What Amazon's own client would send, from the same secret. */
function amazons(secret: Uint8Array, username: string, password: string, srpB: string): { srpA: string; signature: string } {
  const helper = new AuthenticationHelper("AbCd");
  helper.smallAValue = new BigInteger(Buffer.from(secret).toString("hex"), 16);
  helper.largeAValue = undefined;
  helper.getLargeAValue(() => {});
  let key: Buffer = Buffer.alloc(0);
  const [b, salt] = [new BigInteger(srpB, 16), new BigInteger(SALT, 16)];
  helper.getPasswordAuthenticationKey(username, password, b, salt, (_error: unknown, made: Buffer) => (key = made));
  const timestamp = new DateHelper().getNowString() as string;
  assert.match(timestamp, /^\w{3} \w{3} \d+ \d\d:\d\d:\d\d UTC \d{4}$/);
  const message = Buffer.concat([Buffer.from(`AbCd${username}`), Buffer.from(SECRET_BLOCK, "base64"), Buffer.from("Tue Feb 2 09:05:07 UTC 2016")]);
  return { srpA: helper.largeAValue.toString(16), signature: createHmac("sha256", key).update(message).digest("base64") };
}

const secrets = [7, 99, 201].map((seed) => Uint8Array.from({ length: 32 }, (_, position) => (seed * (position + 3)) % 256));
const accounts = [["ada", "correct horse"], ["b5f1-sub", "pässwörd ☃"], ["a@example.com", " : "]] as const;

for (const secret of secrets) {
  for (const [username, password] of accounts) {
    test(`the proof of ${username}'s password is the one that Amazon's client makes (${secret[0]})`, () => {
      const proof = new PasswordProof(POOL, secret);
      const server = new SrpServer("AbCd", username, password);
      const answer = proof.answer({ SALT, SRP_B: server.srpB, SECRET_BLOCK, USER_ID_FOR_SRP: username }, password, NOW);
      const expected = amazons(secret, username, password, server.srpB);
      assert.equal(proof.srpA, expected.srpA);
      assert.equal(answer["TIMESTAMP"], "Tue Feb 2 09:05:07 UTC 2016");
      assert.equal(answer["PASSWORD_CLAIM_SIGNATURE"], expected.signature);
      assert.equal(server.accepts(proof.srpA, answer), true);
    });
  }
}

test("a wrong password proves nothing, and no proof holds the password", () => {
  const proof = new PasswordProof(POOL, secrets[0]!);
  const server = new SrpServer("AbCd", "ada", "right");
  const answer = proof.answer({ SALT, SRP_B: server.srpB, SECRET_BLOCK, USER_ID_FOR_SRP: "ada" }, "wrong", NOW);
  assert.equal(server.accepts(proof.srpA, answer), false);
  assert.equal(JSON.stringify([proof.srpA, answer]).includes("wrong"), false);
});

test("a server that would make any password right is refused", () => {
  const proof = new PasswordProof(POOL, secrets[0]!);
  for (const SRP_B of ["0", new AuthenticationHelper("x").N.toString(16) as string]) {
    assert.throws(() => proof.answer({ SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP: "ada" }, "any", NOW), /must not use/);
  }
});
