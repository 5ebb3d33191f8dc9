/**
 * A payload as a query string, for methods without a body: `{a: 1, b: ["x", "y"]}` -> `a=1&b=x&b=y`. Fields that are undefined are left out, null is
 * empty, and what is nested is JSON. Keys are sorted, so that equal payloads have equal addresses.
 */
export function queryString(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return "";
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(payload).sort(([left], [right]) => (left < right ? -1 : 1))) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item !== undefined) query.append(name, textOf(item));
    }
  }
  return query.toString();
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
