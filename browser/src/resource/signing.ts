// An exchange signed as whoever is logged in; the reasons to refuse one that time alone cures are cured once.

import { asError } from "../errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Credentials } from "../security/cognito.ts";
import { signed } from "../security/sigv4.ts";
import { failure, type ActionResponse } from "./response.ts";
import type { HttpCall } from "./route.ts";
import { exchange, type Exchange } from "./transport.ts";

/** How AWS and the local platform say that a session token is to be replaced. */
const STALE_TOKEN = /expired|security token .*invalid|invalid.*security token|UnrecognizedClient|InvalidClientTokenId/i;

/**
 * Sends a call, signed where it is to be signed and somebody is logged in. Refused because this computer's clock is wrong or because the session
 * token is no longer good, it is sent once more, by the right time or with new credentials: a refused request has done nothing yet.
 */
export async function signedExchange<Data>(call: HttpCall, timeoutMs: number, kernel: Kernel): Promise<Exchange<Data>> {
  if (!call.signedFor) return exchange<Data>(call, timeoutMs, kernel.platform);
  const security = kernel.get("security");
  try {
    const credentials = await security.credentials();
    const send = (as: Credentials | null) => exchange<Data>(as ? withSignature(call, as, kernel) : call, timeoutMs, kernel.platform);
    const answered = await send(credentials);
    const { response } = answered;
    if (response.statusCode !== 403 || !credentials) return answered;
    if (kernel.clock.heed(response.headers["date"], response.error?.message)) return await send(credentials);
    return isStale(response) ? await send(await security.credentials(credentials.sessionToken)) : answered;
  } catch (error) {
    return { response: failure("IdentityError", asError(error).message, 403), answer: null };
  }
}

function withSignature(call: HttpCall, credentials: Credentials, kernel: Kernel): HttpCall {
  const url = new URL(call.url, kernel.platform.location.origin).href;
  return { ...call, url, headers: signed({ ...call, url }, credentials, call.signedFor!, kernel.clock.now()) };
}

function isStale({ error }: ActionResponse): boolean {
  return error !== null && STALE_TOKEN.test(`${error.name} ${error.message}`);
}
