import type { ActionResponse } from "./response.ts";

/** Decides from a response whether to try again. */
export type RetryStrategy = (response: ActionResponse) => boolean;

export const RETRY_STRATEGIES = {
  "internal-error": (response: ActionResponse) => response.statusCode >= 500,
  "network-error": (response: ActionResponse) => response.statusCode === 0,
} as const satisfies Record<string, RetryStrategy>;

export type RetryStrategyName = keyof typeof RETRY_STRATEGIES;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** How long to wait before the next try: doubling, and anywhere below, so that many pages do not come back at once. */
export function pauseMs(tries: number, random: () => number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS) * random();
}
