/** What ends is replaced so long before its end, so that no request leaves with something that ends on the way. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/** From when on to replace what lives from one time to another: half its life, where that is shorter than the margin. */
export function renewalTime(begins: number, ends: number): number {
  return ends - Math.min(RENEW_BEFORE_MS, (ends - begins) / 2);
}
