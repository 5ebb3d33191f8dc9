import type { AssetService } from "../asset/asset.ts";
import type { Cache } from "../cache/cache.ts";
import { openStore, type Store } from "../cache/store.ts";
import type { Log } from "../log/log.ts";
import { ConfigError } from "../errors.ts";
import { tellBoth } from "../callback.ts";
import type { Platform } from "../platform.ts";
import type { ResourceService } from "../resource/resource.ts";
import { Clock } from "../security/clock.ts";
import type { Security } from "../security/security.ts";
import type { Validation } from "../validation/validation.ts";
import type { FrontendConfig, FrontendMicroapp } from "../wire.ts";
import { CONFIG_URL, checkedConfig, fetchConfig } from "./config.ts";
import { Container } from "./container.ts";
import { resolveReference, type Reference } from "./reference.ts";

/** The services every app has, by the name they are asked for. */
export interface Services {
  asset: AssetService;
  cache: Cache;
  log: Log;
  resource: ResourceService;
  security: Security;
  validation: Validation;
}

/** A microapplication as `kernel.microservice()` gives it. */
export interface Microservice extends FrontendMicroapp {
  readonly identifier: string;
}

/** Makes the services of a kernel whose configuration is loaded. */
export type ServiceFactories = { [Name in keyof Services]: (kernel: Kernel) => Services[Name] };

/** The app in this page: its configuration, and the services that stand on it. */
export class Kernel {
  readonly container = new Container();
  /** The servers' time, as far as their answers have told it. */
  readonly clock: Clock;
  readonly isFrontend = true;
  readonly isBackend = false;
  #config: FrontendConfig | null = null;

  constructor(
    readonly platform: Platform,
    private readonly factories: ServiceFactories,
  ) {
    this.clock = new Clock(() => platform.now());
  }

  /** Takes a configuration and readies the services. */
  load(config: FrontendConfig): this {
    this.#config = checkedConfig(config);
    this.container.addParameter("deep_config", config).addParameter("deep_kernel", this);
    for (const name of Object.keys(this.factories) as (keyof Services)[]) {
      this.container.register(name, () => this.factories[name](this));
    }
    return this;
  }

  /** Fetches a configuration and loads it. Fails with ConfigError. */
  loadFromFile(url: string = CONFIG_URL, callback?: (error: Error | null, kernel?: Kernel) => void): Promise<Kernel> {
    return tellBoth(
      fetchConfig(url, this.platform).then((config) => this.load(config)),
      callback,
    );
  }

  /** A service by name, such as `kernel.get("resource")`. Throws MissingServiceError. */
  get<Name extends keyof Services>(name: Name): Services[Name];
  get(name: string): unknown;
  get(name: string): unknown {
    return this.container.get(name);
  }

  has(name: string): boolean {
    return this.container.has(name);
  }

  get isLoaded(): boolean {
    return this.#config !== null;
  }

  /** Throws ConfigError before a configuration is loaded. */
  get config(): FrontendConfig {
    if (this.#config) return this.#config;
    throw new ConfigError("the app is not loaded yet; wait for DeepFramework.boot() or Kernel.load()");
  }

  get env(): string {
    return this.config.env;
  }

  /** The deploy id: it versions asset addresses and cache keys, so a deploy makes old ones unreachable. */
  get buildId(): string {
    return this.config.deployId;
  }

  get isLocalhost(): boolean {
    const { hostname } = this.platform.location;
    return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || hostname.startsWith("127.");
  }

  get microservices(): Microservice[] {
    return Object.entries(this.config.microapps).map(([identifier, microapp]) => ({ identifier, ...microapp }));
  }

  get rootMicroservice(): Microservice {
    const root = this.microservices.find((microapp) => microapp.isRoot);
    if (!root) throw new ConfigError("the app has no root microapplication");
    return root;
  }

  /** A microapplication by identifier; the root one without. */
  microservice(identifier?: string): Microservice {
    if (identifier === undefined) return this.rootMicroservice;
    const found = this.microservices.find((microapp) => microapp.identifier === identifier);
    if (!found) throw new ConfigError(`the app has no microapplication "${identifier}"`);
    return found;
  }

  /** A global parameter by its path, such as `logDrivers|sentry|dsn`. */
  getParam(path: string, fallback: unknown = undefined): unknown {
    return atPath(this.config.globals, path, fallback);
  }

  /** A frontend parameter of a microapplication by its path. */
  getMsParam(identifier: string, path: string, fallback: unknown = undefined): unknown {
    return atPath(this.microservice(identifier).parameters, path, fallback);
  }

  /** Splits `@microapp:path`; the microapplication must be the app's. Throws InvalidReferenceError. */
  resolve(reference: string): Reference {
    return resolveReference(reference, this.config.microapps);
  }

  /** The address of something of this app, absolute; the app lives at `globals.basePath`, which is `/` unless set. */
  absolute(address: string): string {
    const base = String(this.getParam("basePath", "/")).replace(/\/*$/, "/");
    return new URL(address, new URL(base, this.platform.location)).href;
  }

  /** The part of the browser's storage that is this app's, for one use of it; memory where there is none. */
  store(name: string): Store {
    return openStore(this.platform.storage, `deep:${this.config.identityPoolId}:${name}:`);
  }
}

function atPath(root: unknown, path: string, fallback: unknown): unknown {
  let value = root;
  for (const key of path.split("|")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return fallback;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
