import { tellBoth, type NodeCallback } from "../callback.ts";
import type { Store } from "./store.ts";

interface Entry {
  readonly value: unknown;
  /** Unix time in milliseconds; null never ends. */
  readonly endsAt: number | null;
}

/**
 * Values kept for a while. Times to live are in seconds: 0 keeps for ever, a negative one keeps nothing.
 * Keys belong to one deploy: after the next one they are not found, and are cleared away.
 */
export class Cache {
  constructor(
    private readonly store: Store,
    private readonly buildId: string,
    private readonly now: () => number,
  ) {
    this.#sweep();
  }

  get type(): string {
    return this.store.type;
  }

  has(key: string, callback?: NodeCallback<boolean>): Promise<boolean> {
    return tellBoth(Promise.resolve(this.#entry(key) !== null), callback);
  }

  /** The value, or undefined when there is none or its time is over. Each call gives a fresh copy. */
  get(key: string, callback?: NodeCallback<unknown>): Promise<unknown> {
    return tellBoth(Promise.resolve(this.#entry(key)?.value), callback);
  }

  /** Answers whether the value was kept: a full browser storage keeps nothing, and that is no error. */
  set(key: string, value: unknown, ttlSeconds = 0, callback?: NodeCallback<boolean>): Promise<boolean> {
    return tellBoth(Promise.resolve(this.#keep(key, value, ttlSeconds)), callback);
  }

  /** Forgets a value now, or `inSeconds` from now. */
  invalidate(key: string, inSeconds = 0, callback?: NodeCallback<boolean>): Promise<boolean> {
    const entry = this.#entry(key);
    if (entry && inSeconds > 0) this.#keep(key, entry.value, inSeconds);
    else this.store.delete(this.#name(key));
    return tellBoth(Promise.resolve(entry !== null), callback);
  }

  /** Forgets everything. */
  flush(callback?: NodeCallback<boolean>): Promise<boolean> {
    this.store.keys().forEach((name) => this.store.delete(name));
    return tellBoth(Promise.resolve(true), callback);
  }

  #keep(key: string, value: unknown, ttlSeconds: number): boolean {
    if (ttlSeconds < 0) return false;
    const entry: Entry = { value, endsAt: ttlSeconds === 0 ? null : this.now() + ttlSeconds * 1000 };
    const text = JSON.stringify(entry);
    if (this.store.set(this.#name(key), text)) return true;
    this.#sweep();
    return this.store.set(this.#name(key), text);
  }

  #entry(key: string): Entry | null {
    const name = this.#name(key);
    const entry = parsed(this.store.get(name));
    if (entry && (entry.endsAt === null || entry.endsAt > this.now())) return entry;
    if (entry) this.store.delete(name);
    return null;
  }

  /** Clears away what ended and what older deploys left behind. */
  #sweep(): void {
    for (const name of this.store.keys()) {
      const endsAt = parsed(this.store.get(name))?.endsAt;
      const ended = endsAt === undefined || (endsAt !== null && endsAt <= this.now());
      if (ended || !name.startsWith(`${this.buildId}:`)) this.store.delete(name);
    }
  }

  #name(key: string): string {
    return `${this.buildId}:${key}`;
  }
}

/** null for an entry that is not there, or that somebody else wrote. */
function parsed(text: string | null): Entry | null {
  if (text === null) return null;
  try {
    const entry: unknown = JSON.parse(text);
    return typeof entry === "object" && entry !== null && "endsAt" in entry ? (entry as Entry) : null;
  } catch {
    return null;
  }
}
