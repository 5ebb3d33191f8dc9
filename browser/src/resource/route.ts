// How a request reaches its action: through the API, or directly at the function.

import type { FrontendAction } from "../wire.ts";
import { queryString, withQuery } from "./query.ts";

/** An HTTP request, ready to be sent. */
export interface HttpCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  /** Whether it calls a function past the API. */
  readonly isDirect: boolean;
}

export type RouteKind = "api" | "direct" | "async";

const BODILESS = new Set(["GET", "DELETE", "HEAD", "OPTIONS"]);
const LOCAL_FUNCTION = "arn:aws:lambda:::function:";

/** Whether a method carries its payload in the query string. */
export function isBodiless(method: string): boolean {
  return BODILESS.has(method);
}

/** The ordinary way: the action's own path and method. */
export function apiCall(action: FrontendAction, method: string, payload: unknown, apiBaseUrl: string): HttpCall {
  const address = action.type === "external" ? action.source.api : `${apiBaseUrl.replace(/\/+$/, "")}${action.source.api}`;
  return httpCall(address, method, payload);
}

/**
 * Past the API: an external action is called at its own URL, a function of a local run through the platform's `/_/lambda`.
 * null for a deployed function, whose direct call AWS wants signed, which this library does not do.
 */
export function directCall(action: FrontendAction, method: string, payload: unknown, kind: Exclude<RouteKind, "api">): HttpCall | null {
  const target = action.source.original;
  if (action.type === "external") return kind === "direct" ? httpCall(target, method, payload) : null;
  if (!target.startsWith(LOCAL_FUNCTION)) return null;
  const address = kind === "async" ? "/_/lambda-async" : "/_/lambda";
  return { ...httpCall(address, "POST", { lambda: target, payload, method }), isDirect: true };
}

function httpCall(address: string, method: string, payload: unknown): HttpCall {
  const headers: Record<string, string> = { accept: "application/json" };
  if (isBodiless(method)) return { url: withQuery(address, queryString(payload)), method, headers, body: null, isDirect: false };
  headers["content-type"] = "application/json";
  return { url: address, method, headers, body: JSON.stringify(payload ?? null), isDirect: false };
}
