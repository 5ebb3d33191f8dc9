// The browser as the library sees it. Only this file reads globals, so that tests hand in their own world instead of patching one.

import type { EventStream } from "./livereload/livereload.ts";

export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export interface Platform {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Loads an ES module by absolute URL. */
  importModule(url: string): Promise<unknown>;
  reload(): void;
  /** Opens a stream of server-sent events. */
  openEvents(url: string): EventStream;
  /** Unix time in milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** From 0 up to but not including 1. */
  random(): number;
  /** Random enough for secrets. */
  randomBytes(count: number): Uint8Array;
  /** Calls back when another tab of the app changes the storage. */
  onStorage(changed: () => void): void;
  /** null where the browser keeps nothing: storage disabled, or a sandboxed frame. */
  readonly storage: KeyValueStorage | null;
  /** The page's address; what is relative is resolved against its origin. */
  readonly location: URL;
  readonly document: Document | null;
  readonly console: Pick<Console, "debug" | "info" | "warn" | "error">;
}

export function browserPlatform(): Platform {
  return {
    fetch: (url, init) => fetch(url, init),
    importModule: (url) => import(url),
    reload: () => globalThis.location.reload(),
    openEvents: (url) => new EventSource(url),
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onStorage: (changed) => globalThis.addEventListener?.("storage", changed),
    storage: localStorageOrNull(),
    location: new URL(globalThis.location?.href ?? "http://localhost/"),
    document: globalThis.document ?? null,
    console: globalThis.console,
  };
}

function localStorageOrNull(): KeyValueStorage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // reading the property alone throws when the user blocks site data
  }
}
