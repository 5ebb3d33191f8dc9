// Where the app's configuration comes from: embedded in the page by `<deep-config/>`, or fetched from `/_config.json`.

import { asError, ConfigError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import { CONFIG_VERSION, type FrontendConfig } from "../wire.ts";

export const CONFIG_URL = "/_config.json";
const EMBEDDED_ID = "deep-config";

/** The page's embedded configuration, or null where it has none. It is a data block, so a strict content security policy allows it. */
export function embeddedConfig(document: Document | null): FrontendConfig | null {
  const text = document?.getElementById(EMBEDDED_ID)?.textContent;
  return text ? checkedConfig(parsed(text, "the page's embedded configuration")) : null;
}

/** Fetches a configuration. Throws ConfigError, saying which address failed and how. */
export async function fetchConfig(url: string, platform: Platform): Promise<FrontendConfig> {
  const answer = await platform.fetch(new URL(url, platform.location).href, { headers: { accept: "application/json" } }).catch((error: unknown) => {
    throw new ConfigError(`${url} could not be fetched: ${asError(error).message}`);
  });
  if (!answer.ok) throw new ConfigError(`${url} answered ${answer.status} ${answer.statusText}`.trim());
  return checkedConfig(parsed(await answer.text(), url));
}

function parsed(text: string, source: string): FrontendConfig {
  try {
    return JSON.parse(text) as FrontendConfig;
  } catch (error) {
    throw new ConfigError(`${source} is not JSON: ${asError(error).message}`);
  }
}

/** Throws ConfigError for a configuration this library would misread. */
export function checkedConfig(config: FrontendConfig): FrontendConfig {
  if (config?.version === CONFIG_VERSION) return config;
  const found = config?.version;
  throw new ConfigError(`the configuration is of version ${found}, this library reads ${CONFIG_VERSION}; reload the page without its cache`);
}
