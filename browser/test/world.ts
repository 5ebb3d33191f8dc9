// A browser for tests: a clock that is set by hand, a network that answers what a test says and remembers what it was asked, and a storage.

import type { EventStream } from "../src/livereload/livereload.ts";
import type { Platform, KeyValueStorage } from "../src/platform.ts";
import type { FrontendAction, FrontendConfig } from "../src/wire.ts";
import { createFramework, type Framework } from "../src/framework.ts";

export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

export type Answerer = (asked: Asked) => Response | Promise<Response>;

export class FakeStorage implements KeyValueStorage {
  readonly entries = new Map<string, string>();
  constructor(private readonly roomFor = Infinity) {}

  get length(): number {
    return this.entries.size;
  }

  key(position: number): string | null {
    return [...this.entries.keys()][position] ?? null;
  }

  getItem(key: string): string | null {
    return this.entries.get(key) ?? null;
  }

  setItem(key: string, text: string): void {
    if (!this.entries.has(key) && this.entries.size >= this.roomFor) throw new DOMException("full", "QuotaExceededError");
    this.entries.set(key, text);
  }

  removeItem(key: string): void {
    this.entries.delete(key);
  }
}

export class World implements Platform {
  readonly asked: Asked[] = [];
  readonly slept: number[] = [];
  readonly imported: string[] = [];
  readonly storageListeners: (() => void)[] = [];
  reloads = 0;
  readonly logged: { level: string; parts: unknown[] }[] = [];
  modules: Record<string, unknown> = {};
  time = 1_700_000_000_000;
  answer: Answerer = () => json({});
  document: Document | null = null;
  location = new URL("http://localhost:8000/some/page?x=1#/active");
  storage: KeyValueStorage | null;
  readonly console = {
    debug: (...parts: unknown[]) => void this.logged.push({ level: "debug", parts }),
    info: (...parts: unknown[]) => void this.logged.push({ level: "info", parts }),
    warn: (...parts: unknown[]) => void this.logged.push({ level: "warn", parts }),
    error: (...parts: unknown[]) => void this.logged.push({ level: "error", parts }),
  };

  constructor(storage: KeyValueStorage | null = new FakeStorage()) {
    this.storage = storage;
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : null;
    const asked = { url, method: init.method ?? "GET", headers: init.headers as Record<string, string>, body };
    this.asked.push(asked);
    init.signal?.throwIfAborted();
    const aborted = new Promise<never>((_resolve, reject) => init.signal?.addEventListener("abort", () => reject(init.signal!.reason as Error)));
    return Promise.race([this.answer(asked), aborted]);
  }

  async importModule(url: string): Promise<unknown> {
    this.imported.push(url);
    const module = this.modules[new URL(url).pathname];
    if (module === undefined) throw new TypeError(`Failed to fetch dynamically imported module: ${url}`);
    return module;
  }

  openEvents(url: string): EventStream {
    throw new Error(`no stream was expected, and ${url} is one`);
  }

  reload(): void {
    this.reloads++;
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.time += milliseconds;
  }

  random(): number {
    return 0.5;
  }

  randomBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, (_, position) => (position * 37 + 11) % 256);
  }

  onStorage(changed: () => void): void {
    this.storageListeners.push(changed);
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

export function action(name: string, changes: Partial<FrontendAction> = {}): FrontendAction {
  return {
    type: "lambda",
    methods: ["POST"],
    source: { api: `/deep-todo/task/${name}`, original: `arn:aws:lambda:::function:deep.todo-task-${name}` },
    cacheTtl: -1,
    scope: "public",
    authorization: "AWS_IAM",
    keyRequired: false,
    validationSchema: null,
    ...changes,
  };
}

export function config(changes: Partial<FrontendConfig> = {}, actions: Record<string, FrontendAction> = {}): FrontendConfig {
  const remove = action("delete", { methods: ["DELETE", "POST"] });
  const task = { create: action("create"), retrieve: action("retrieve", { methods: ["GET"] }), remove, ...actions };
  return {
    version: 1,
    env: "dev",
    deployId: "1234abcd",
    awsRegion: "us-east-1",
    apiBaseUrl: "",
    identityPoolId: "us-east-1:pool",
    identityEndpoint: "/_/cognito-identity",
    identityProviders: {},
    userPool: null,
    apiSigning: { service: "execute-api", region: "us-east-1", host: null },
    actAs: null,
    roles: ["unauthenticated", "authenticated"],
    acl: { unauthenticated: [], authenticated: [] },
    liveReload: null,
    globals: { version: "1.0", logDrivers: { sentry: { dsn: null } } },
    models: { Todo: { Title: "string" } },
    validationSchemas: { NewTodo: { type: "object", properties: { Title: { type: "string", minLength: 1 } }, required: ["Title"] } },
    microapps: {
      "deep.root": { isRoot: true, hasBootstrap: false, parameters: {}, resources: {} },
      "deep.todo": { isRoot: false, hasBootstrap: true, parameters: { page: { size: 10 } }, resources: { task } },
    },
    ...changes,
  };
}

/** A framework in its own world, loaded. */
export function loaded(changes: Partial<FrontendConfig> = {}, actions: Record<string, FrontendAction> = {}): { world: World; framework: Framework } {
  const world = new World();
  const framework = createFramework(world);
  framework.Kernel.load(config(changes, actions));
  return { world, framework };
}

/** The identity service, which has one identity and gives it one token. */
export function cognito({ headers, body }: Pick<Asked, "headers" | "body">, token = "token-1"): Response {
  if (headers["x-amz-target"]?.endsWith(".GetId")) return json({ IdentityId: "us-east-1:1" });
  const Credentials = { AccessKeyId: "a", SecretKey: "s", SessionToken: token, Expiration: 1_700_003_600 };
  return json({ IdentityId: (body as { IdentityId: string }).IdentityId, Credentials });
}
