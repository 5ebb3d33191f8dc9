// How a request reaches its action: through the API, or directly at the function.

import type { FrontendAction } from "../wire.ts";
import type { Scope } from "../security/sigv4.ts";
import { queryString, withQuery } from "./query.ts";

/** An HTTP request, ready to be sent. */
export interface HttpCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  /** Whether it calls a function past the API. */
  readonly isDirect: boolean;
  /** What its signature is for; null for a call that must not be signed, as whom it goes to must not learn who calls. */
  readonly signedFor: Scope | null;
}

export type RouteKind = "api" | "direct" | "async";

const BODILESS = new Set(["GET", "DELETE", "HEAD", "OPTIONS"]);
const LOCAL_FUNCTION = "arn:aws:lambda:::function:";

/** Whether a method carries its payload in the query string. */
export function isBodiless(method: string): boolean {
  return BODILESS.has(method);
}

/** The ordinary way: the action's own path and method. `scope` is what the API's requests are signed for. */
export function apiCall(action: FrontendAction, method: string, payload: unknown, api: { apiBaseUrl: string; scope: Scope }): HttpCall {
  if (action.type === "external") return httpCall(action.source.api, method, payload);
  const address = `${api.apiBaseUrl.replace(/\/+$/, "")}${action.source.api}`;
  return { ...httpCall(address, method, payload), signedFor: action.authorization === "NONE" ? null : api.scope };
}

/**
 * Past the API: an external action is called at its own URL, a function of a local run through the platform's `/_/lambda`, a deployed one by AWS
 * Lambda's Invoke. null for what cannot be called so: an external action, asynchronously.
 */
export function directCall(action: FrontendAction, method: string, payload: unknown, { kind, region }: { kind: Exclude<RouteKind, "api">; region: string }): HttpCall | null {
  const target = action.source.original;
  if (action.type === "external") return kind === "direct" ? httpCall(target, method, payload) : null;
  if (!target.startsWith(LOCAL_FUNCTION)) return invocation(target, payload, kind);
  const address = kind === "async" ? "/_/lambda-async" : "/_/lambda";
  return { ...httpCall(address, "POST", { lambda: target, payload, method }), isDirect: true, signedFor: { service: "lambda", region } };
}

/** AWS Lambda's Invoke of a function by its ARN. Source: AWS Lambda, API reference, Invoke. */
function invocation(arn: string, payload: unknown, kind: Exclude<RouteKind, "api">): HttpCall {
  const [, partition, , region = ""] = arn.split(":");
  const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const call = httpCall(`https://lambda.${region}.${domain}/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`, "POST", payload);
  const headers = { ...call.headers, "x-amz-invocation-type": kind === "async" ? "Event" : "RequestResponse" };
  return { ...call, headers, isDirect: true, signedFor: { service: "lambda", region } };
}

function httpCall(address: string, method: string, payload: unknown): HttpCall {
  const headers: Record<string, string> = { accept: "application/json" };
  const common = { method, isDirect: false, signedFor: null };
  if (isBodiless(method)) return { ...common, url: withQuery(address, queryString(payload)), headers, body: null };
  headers["content-type"] = "application/json";
  return { ...common, url: address, headers, body: JSON.stringify(payload ?? null) };
}
