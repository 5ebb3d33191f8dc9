// What a token says. Only read here, never trusted: a browser has nothing to protect from its own user; the backend verifies signatures.

import { fromBase64 } from "./hash.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** The claims of a JSON Web Token; none of a text that is no such token. */
export function claimsOf(token: string): Claims {
  try {
    const encoded = token.split(".")[1] ?? "";
    return JSON.parse(new TextDecoder().decode(fromBase64(encoded.replace(/-/g, "+").replace(/_/g, "/")))) as Claims;
  } catch {
    return {};
  }
}

/** When a token ends, in Unix milliseconds; 0 where it does not say. */
export function endOf(token: string): number {
  return Number(claimsOf(token)["exp"] ?? 0) * 1000;
}

/** When it began, in Unix milliseconds. */
export function beginningOf(token: string): number {
  return Number(claimsOf(token)["iat"] ?? 0) * 1000;
}
