// The user pool's side of SRP, on the arithmetic of Amazon's own client rather than on the library's.

import AuthenticationHelper from "amazon-cognito-identity-js/es/AuthenticationHelper.js";
import BigInteger from "amazon-cognito-identity-js/es/BigInteger.js";
import { createHash, createHmac } from "node:crypto";

interface Big {
  add(other: Big): Big;
  mod(other: Big): Big;
  multiply(other: Big): Big;
  modPow(exponent: Big, modulus: Big, callback: (error: unknown, result: Big) => void): void;
  toString(radix: number): string;
}

const big = (digits: string): Big => new BigInteger(digits, 16) as Big;
const helper = new AuthenticationHelper("pool");
const N = helper.N as Big;
const G = helper.g as Big;

export const SALT = "c0ffee0123456789abcdef0123456789";
export const SECRET_BLOCK = Buffer.from("a block only the server can read").toString("base64");

function power(base: Big, exponent: Big): Big {
  let found: Big | null = null;
  base.modPow(exponent, N, (_error, result) => (found = result));
  return found!;
}

function hashed(digits: string): Big {
  return big(createHash("sha256").update(Buffer.from(digits, "hex")).digest("hex"));
}

/** One sign-in at the server: its number `srpB`, and whether what the browser claims proves the password. */
export class SrpServer {
  readonly #secret = big("5f".repeat(32));
  readonly #verifier: Big;
  readonly srpB: string;

  constructor(
    private readonly poolName: string,
    private readonly username: string,
    password: string,
  ) {
    const inner = createHash("sha256").update(`${poolName}${username}:${password}`).digest("hex");
    this.#verifier = power(G, hashed(helper.padHex(big(SALT)) + inner));
    this.srpB = (helper.k as Big).multiply(this.#verifier).add(power(G, this.#secret)).mod(N).toString(16);
  }

  accepts(srpA: string, { PASSWORD_CLAIM_SIGNATURE, TIMESTAMP }: Record<string, string>): boolean {
    const u = hashed(helper.padHex(big(srpA)) + helper.padHex(big(this.srpB)));
    const shared = power(big(srpA).multiply(power(this.#verifier, u)), this.#secret);
    const key = helper.computehkdf(Buffer.from(helper.padHex(shared), "hex"), Buffer.from(helper.padHex(u), "hex")) as Buffer;
    const message = Buffer.concat([Buffer.from(this.poolName + this.username), Buffer.from(SECRET_BLOCK, "base64"), Buffer.from(TIMESTAMP!)]);
    return createHmac("sha256", key).update(message).digest("base64") === PASSWORD_CLAIM_SIGNATURE;
  }
}
