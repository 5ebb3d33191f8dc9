import { percentEncode } from "../security/sigv4.ts";

/**
 * A payload as a query string, for methods without a body: `{a: 1, b: ["x", "y"]}` -> `a=1&b=x&b=y`. Fields that are undefined are left out, null is
 * empty, and what is nested is JSON. Keys are sorted, so that equal payloads have equal addresses. A blank is %20, as signatures want it: a plus sign
 * is read as a blank by some servers and as itself by others.
 */
export function queryString(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return "";
  const query: string[] = [];
  for (const [name, value] of Object.entries(payload).sort(([left], [right]) => (left < right ? -1 : 1))) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item !== undefined) query.push(`${percentEncode(name)}=${percentEncode(textOf(item))}`);
    }
  }
  return query.join("&");
}

/** An address with a query added to the one it may have. */
export function withQuery(address: string, query: string): string {
  if (!query) return address;
  return `${address}${address.includes("?") ? "&" : "?"}${query}`;
}

function textOf(value: unknown): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
