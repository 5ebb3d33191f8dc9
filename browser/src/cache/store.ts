// Where cached text is kept: the browser's localStorage, or memory. Both are the same to whoever uses them.

import type { KeyValueStorage } from "../platform.ts";

export interface Store {
  readonly type: "memory" | "local-storage";
  get(key: string): string | null;
  /** Answers false when there was no room. */
  set(key: string, text: string): boolean;
  delete(key: string): void;
  keys(): string[];
}

/** The browser's storage below a prefix, or memory where the browser keeps nothing. */
export function openStore(storage: KeyValueStorage | null, prefix: string): Store {
  return storage ? new LocalStorageStore(storage, prefix) : new MemoryStore();
}

/** Lives as long as the page. Holds `capacity` entries; the one set longest ago goes first. */
export class MemoryStore implements Store {
  readonly type = "memory";
  readonly #entries = new Map<string, string>();

  constructor(private readonly capacity = 1000) {}

  get(key: string): string | null {
    return this.#entries.get(key) ?? null;
  }

  set(key: string, text: string): boolean {
    this.#entries.delete(key); // so that the map's order is the order of setting
    this.#entries.set(key, text);
    if (this.#entries.size > this.capacity) this.#entries.delete(this.#entries.keys().next().value!);
    return true;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }
}

/** Outlives the page; shared by all tabs of the app. */
export class LocalStorageStore implements Store {
  readonly type = "local-storage";

  constructor(
    private readonly storage: KeyValueStorage,
    private readonly prefix: string,
  ) {}

  get(key: string): string | null {
    return this.storage.getItem(this.prefix + key);
  }

  set(key: string, text: string): boolean {
    try {
      this.storage.setItem(this.prefix + key, text);
      return true;
    } catch {
      return false; // QuotaExceededError
    }
  }

  delete(key: string): void {
    this.storage.removeItem(this.prefix + key);
  }

  keys(): string[] {
    const all = Array.from({ length: this.storage.length }, (_, position) => this.storage.key(position));
    return all.filter((key): key is string => key?.startsWith(this.prefix) ?? false).map((key) => key.slice(this.prefix.length));
  }
}
