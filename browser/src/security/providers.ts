// Other providers that say who somebody is, by the names the original knew them under.

import { IdentityError } from "../errors.ts";

const DOMAINS: Readonly<Record<string, string>> = {
  amazon: "www.amazon.com",
  facebook: "graph.facebook.com",
  google: "accounts.google.com",
};

/** What a provider gave: its token, or an object that holds it as OAuth 2.0 and OpenID Connect name it. */
export type ProviderToken = string | { readonly id_token?: string; readonly access_token?: string };

/** The domain of a provider that the app trusts. Fails with IdentityError. */
export function providerNamed(name: string, trusted: Readonly<Record<string, string>>): string {
  const domains = Object.keys(trusted);
  const found = domains.find((domain) => domain === (DOMAINS[name] ?? name)) ?? domains.find((domain) => name === "auth0" && /\bauth0\.com$/.test(domain));
  if (found !== undefined) return found;
  throw new IdentityError("UnknownProvider", `this app does not trust "${name}"; it trusts ${domains.join(", ") || "no other provider"}`, 400);
}

export function tokenIn(identity: ProviderToken): string {
  const token = typeof identity === "string" ? identity : (identity.id_token ?? identity.access_token);
  if (token) return token;
  throw new IdentityError("MissingToken", "the provider's answer holds no token", 400);
}
