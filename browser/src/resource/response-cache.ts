// Which answers are kept and under which key: those of successful GET requests, for the action's time to live.

import { canonical } from "../canonical.ts";
import type { Cache } from "../cache/cache.ts";
import type { RawAnswer } from "./response.ts";

/** Seconds; where the cache is switched on for an action that declares no time to live. */
export const DEFAULT_TTL_S = 10;

/** The parts that make two requests the same one. `identity` keeps one user's answers from the next. */
export interface CacheSubject {
  readonly method: string;
  readonly type: string;
  readonly endpoint: string;
  readonly payload: unknown;
  readonly identity: string;
}

export function cacheKey({ method, type, endpoint, payload, identity }: CacheSubject): string {
  return `${method}:${type}:${endpoint}#${canonical(payload)}@${identity}`;
}

/** Answers of GET requests in the page's cache. */
export class ResponseCache {
  constructor(private readonly cache: Cache) {}

  async find(key: string): Promise<RawAnswer | null> {
    return ((await this.cache.get(key)) as RawAnswer | undefined) ?? null;
  }

  /** `ttlSeconds`: 0 for ever, negative not at all. */
  async keep(key: string, answer: RawAnswer, ttlSeconds: number): Promise<void> {
    await this.cache.set(key, answer, ttlSeconds);
  }

  async forget(key: string): Promise<void> {
    await this.cache.invalidate(key);
  }
}
