// One HTTP exchange. It never throws: a network that fails and a backend that is late are answers too.

import { asError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import { failure, responseOf, type ActionResponse, type RawAnswer } from "./response.ts";
import type { HttpCall } from "./route.ts";

/** What an exchange gave: the response, and the answer to keep when it may be cached. */
export interface Exchange<Data> {
  readonly response: ActionResponse<Data>;
  readonly answer: RawAnswer | null;
}

/** Sends a call and reads the whole answer within `timeoutMs`. */
export async function exchange<Data>(call: HttpCall, timeoutMs: number, platform: Platform): Promise<Exchange<Data>> {
  try {
    const answer = await rawAnswer(call, timeoutMs, platform);
    return { response: responseOf<Data>(answer, call.isDirect), answer };
  } catch (error) {
    return { response: unanswered<Data>(asError(error), call, timeoutMs), answer: null };
  }
}

async function rawAnswer(call: HttpCall, timeoutMs: number, platform: Platform): Promise<RawAnswer> {
  const { method, headers: sent, body } = call;
  const address = new URL(call.url, platform.location.origin).href;
  const answer = await platform.fetch(address, { method, headers: sent, body, signal: AbortSignal.timeout(timeoutMs) });
  const headers: Record<string, string> = {};
  answer.headers.forEach((value, name) => (headers[name.toLowerCase()] = value));
  return { statusCode: answer.status, headers, text: await answer.text() };
}

function unanswered<Data>(error: Error, call: HttpCall, timeoutMs: number): ActionResponse<Data> {
  if (error.name === "TimeoutError") return failure("TimeoutError", `${call.method} ${call.url} did not answer within ${timeoutMs} ms`);
  return failure("NetworkError", `${call.method} ${call.url} could not be reached: ${error.message}`);
}
