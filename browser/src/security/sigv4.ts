// AWS Signature Version 4. Source: AWS, "Create a signed AWS API request"; checked in tests against botocore, which is the oracle.

import type { Credentials } from "./cognito.ts";
import { hash, hex, hmacOf, utf8 } from "./hash.ts";

/** What a signature is good for: one service in one region. */
export interface Scope {
  readonly service: string;
  readonly region: string;
  /** The host that verifies the signature, where requests reach it by way of another: null is the address's own. */
  readonly host?: string | null;
}

/** An HTTP request to sign; the address is absolute. All headers are signed, so they must arrive as they are. */
export interface Signable {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The request's headers with those of its signature. `now` is Unix time in milliseconds; AWS accepts five minutes to either side of its own. */
export function signed(request: Signable, credentials: Credentials, scope: Scope, now: number): Record<string, string> {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, ""); // 20160212T120000Z
  const own = { ...request.headers, "x-amz-date": date, "x-amz-security-token": credentials.sessionToken };
  const lines = headerLines({ ...own, host: scope.host ?? new URL(request.url).host });
  const names = lines.map(([name]) => name).join(";");
  const scopeText = `${date.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scopeText, digest(canonicalRequest(request, lines, names))].join("\n");
  const signature = hex(hmacOf(signingKey(credentials.secretKey, scopeText), utf8(toSign)));
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scopeText}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...own, authorization };
}

/** Every byte but RFC 3986's unreserved ones as %XX. `encodeURIComponent` leaves five characters more as they are. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalRequest(request: Signable, lines: readonly [string, string][], names: string): string {
  const { pathname, search } = new URL(request.url);
  const path = pathname.split("/").map(percentEncode).join("/"); // encoded once more than it is sent, as all services but S3 want it
  const headers = lines.map(([name, value]) => `${name}:${value}\n`).join("");
  return [request.method, path, canonicalQuery(search), headers, names, digest(request.body ?? "")].join("\n");
}

function headerLines(headers: Readonly<Record<string, string>>): [string, string][] {
  const lines = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value.trim().replace(/\s+/g, " ")]);
  return lines.sort(byText);
}

/** `?b=2&a=x+y` -> `a=x%20y&b=2`: each name and value encoded, then sorted by both. */
function canonicalQuery(search: string): string {
  const pairs = [...new URLSearchParams(search)].map(([name, value]): [string, string] => [percentEncode(name), percentEncode(value)]);
  return pairs.sort(byText).map((pair) => pair.join("=")).join("&");
}

function byText([name, value]: [string, string], [otherName, otherValue]: [string, string]): number {
  return compare(name, otherName) || compare(value, otherValue);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function digest(text: string): string {
  return hex(hash(utf8(text)));
}

function signingKey(secretKey: string, scope: string): Uint8Array {
  return scope.split("/").reduce((key, part) => hmacOf(key, utf8(part)), utf8(`AWS4${secretKey}`));
}
