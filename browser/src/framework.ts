// COMPOSITION ROOT: the only place that constructs concrete parts.

import { AssetService } from "./asset/asset.ts";
import { boot, type Booted, type BootFailure } from "./boot/boot.ts";
import { showFailure, title } from "./boot/page.ts";
import { Cache } from "./cache/cache.ts";
import { Kernel, type ServiceFactories } from "./kernel/kernel.ts";
import { followChanges } from "./livereload/livereload.ts";
import { Log } from "./log/log.ts";
import type { Platform } from "./platform.ts";
import { ResourceService } from "./resource/resource.ts";
import { AmzJsonService } from "./security/amz-json.ts";
import { CognitoIdentity } from "./security/cognito.ts";
import { Security } from "./security/security.ts";
import { SessionStore } from "./security/session.ts";
import { Sessions } from "./security/sessions.ts";
import { UserPool } from "./security/user-pool.ts";
import { Validation } from "./validation/validation.ts";

const SERVICES: ServiceFactories = {
  asset: (kernel) => new AssetService(kernel),
  cache: (kernel) => new Cache(kernel.store("cache"), kernel.buildId, () => kernel.platform.now()),
  log: (kernel) => new Log(kernel.platform.console),
  resource: (kernel) => new ResourceService(kernel),
  security: (kernel) => security(kernel),
  validation: (kernel) => new Validation(kernel.config.validationSchemas),
};

function security(kernel: Kernel): Security {
  const { config, platform, clock } = kernel;
  const service = (name: string, endpoint: string) => new AmzJsonService(name, endpoint, platform, clock);
  const now = () => clock.now();
  const surroundings = { now, randomBytes: (count: number) => platform.randomBytes(count) };
  const shape = config.userPool;
  const pool = shape ? new UserPool(shape, service("AWSCognitoIdentityProviderService", shape.endpoint), surroundings) : null;
  const identities = new CognitoIdentity(config.identityPoolId, service("AWSCognitoIdentityService", config.identityEndpoint));
  const rules = { roles: config.roles, acl: config.acl, actions: kernel.get("resource").list };
  const sessions = new Sessions({ identities, pool, store: new SessionStore(kernel.store("session")), rules, now, acting: config.actAs });
  platform.onStorage(() => sessions.follow());
  return new Security(config.identityPoolId, config.identityProviders, sessions, pool, rules);
}

/** What the page knows as `DeepFramework`. */
export interface Framework {
  /** The app in this page. */
  readonly Kernel: Kernel;
  /** Loads the configuration and starts every microapplication; what fails is shown in the page unless `onFailure` takes it. */
  boot(options?: { onFailure?: (failure: BootFailure) => void }): Promise<Booted>;
}

/** A framework with a kernel of its own, not yet loaded. */
export function createFramework(platform: Platform): Framework {
  const kernel = new Kernel(platform, SERVICES);
  let booting: Promise<Booted> | null = null;
  return {
    Kernel: kernel,
    boot(options = {}) {
      const report = options.onFailure ?? ((failure: BootFailure) => tell(platform, failure));
      return (booting ??= boot(kernel, report).then((booted) => live(platform, booted)));
    },
  };
}

function tell(platform: Platform, failure: BootFailure): void {
  platform.console.error(title(failure), failure.error);
  if (platform.document) showFailure(platform.document, failure);
}

function live(platform: Platform, booted: Booted): Booted {
  const { liveReload } = booted.kernel.config;
  if (liveReload !== null) followChanges(platform.openEvents(new URL(liveReload, platform.location.origin).href), () => platform.reload());
  return booted;
}
