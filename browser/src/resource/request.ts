import type { Scope } from "../security/sigv4.ts";
import type { ActionTarget } from "./action.ts";
import { cacheKey, DEFAULT_TTL_S, ResponseCache } from "./response-cache.ts";
import { failure, responseOf, type ActionResponse } from "./response.ts";
import { pauseMs, RETRY_STRATEGIES, type RetryStrategy, type RetryStrategyName } from "./retry.ts";
import { apiCall, directCall, isBodiless, type HttpCall, type RouteKind } from "./route.ts";
import { signedExchange } from "./signing.ts";
import type { Exchange } from "./transport.ts";

const DEFAULT_TIMEOUT_MS = 60_000;

export type ResponseCallback<Data> = (response: ActionResponse<Data>) => void;

/** One call of an action, prepared and then sent. Every method but `send` answers the request itself. */
export class ActionRequest<Data = unknown> {
  #ttlSeconds: number;
  #forgetFirst = false;
  #validates = true;
  #route: RouteKind = "api";
  #returnsLogs = false;
  #apiKey: string | null = null;
  #retries = 0;
  #strategies: RetryStrategy[] = [];
  #timeoutMs = DEFAULT_TIMEOUT_MS;

  constructor(
    private readonly target: ActionTarget,
    readonly method: string,
    readonly payload: unknown,
  ) {
    this.#ttlSeconds = target.action.cacheTtl;
  }

  /** Keeps a successful GET's answer for so many seconds: 0 for ever, -1 not at all. Without this, as the action declares. */
  cache(ttlSeconds: number): this {
    this.#ttlSeconds = ttlSeconds;
    return this;
  }

  /** Caches as the action declares, or for ten seconds where it declares nothing. */
  enableCache(): this {
    const declared = this.target.action.cacheTtl;
    return this.cache(declared >= 0 ? declared : DEFAULT_TTL_S);
  }

  disableCache(): this {
    return this.cache(-1);
  }

  /** Forgets what is cached for this request before it is sent. */
  invalidateCache(): this {
    this.#forgetFirst = true;
    return this;
  }

  /** Leaves validation to the backend. */
  skipPreValidation(): this {
    this.#validates = false;
    return this;
  }

  /** Calls the function, or the external URL, past the API. `returnLogs` asks for the end of the function's log. */
  useDirectCall(returnLogs = false): this {
    this.#route = "direct";
    this.#returnsLogs = returnLogs;
    return this;
  }

  /** Only starts the function; the answer is 202 with no data. */
  invokeAsync(): this {
    this.#route = "async";
    return this;
  }

  /** Sends `x-api-key`, for actions that require a key. */
  apiKey(key: string): this {
    this.#apiKey = key;
    return this;
  }

  /** Tries up to so many times more, while the backend answers 500 or above or an added strategy says so. */
  retry(times: number): this {
    this.#retries = times;
    return this;
  }

  addRetryStrategy(strategy: RetryStrategyName | RetryStrategy): this {
    this.#strategies.push(typeof strategy === "string" ? RETRY_STRATEGIES[strategy] : strategy);
    return this;
  }

  /** How long one try may take. */
  timeout(milliseconds: number): this {
    this.#timeoutMs = milliseconds;
    return this;
  }

  /** Sends the request. The promise is always fulfilled, as the callback is always called: what went wrong is in the response. */
  send(callback?: ResponseCallback<Data>): Promise<ActionResponse<Data>> {
    const sent = this.#send();
    if (callback) void sent.then(callback);
    return sent;
  }

  async #send(): Promise<ActionResponse<Data>> {
    const invalid = this.#preValidate();
    if (invalid) return invalid;
    const call = this.#call();
    if (!call) return failure("UnsupportedCallError", `${this.target.identifier} cannot be called past the API from a page`);
    return this.#cachable ? this.#throughCache(call) : (await this.#untilAnswered(call)).response;
  }

  #preValidate(): ActionResponse<Data> | null {
    const name = this.target.action.validationSchema;
    if (!this.#validates || name === null) return null;
    const errors = this.target.kernel.get("validation").errors(name, this.payload, isBodiless(this.method));
    return errors.length ? failure("ValidationError", `the payload does not fit ${name}`, 400, errors) : null;
  }

  #call(): HttpCall | null {
    const { action, kernel } = this.target;
    const { apiBaseUrl, apiSigning } = kernel.config;
    const kind = this.#route;
    if (kind === "api") return apiCall(action, this.method, this.payload, { apiBaseUrl, scope: this.#scope });
    return directCall(action, this.method, this.payload, { kind, region: apiSigning.region });
  }

  /** What the API that serves the action's microapplication takes a signature for. */
  get #scope(): Scope {
    const { service, region, host, hosts } = this.target.kernel.config.apiSigning;
    const [microapp = ""] = this.target.identifier.split(":");
    return { service, region, host: hosts?.[microapp] ?? host };
  }

  get #cachable(): boolean {
    return this.method === "GET" && this.#route !== "async" && (this.#ttlSeconds >= 0 || this.#forgetFirst);
  }

  async #throughCache(call: HttpCall): Promise<ActionResponse<Data>> {
    const { kernel } = this.target;
    const cache = new ResponseCache(kernel.get("cache"));
    const identity = (await kernel.get("security").settled())?.identityId ?? "";
    const key = cacheKey({ method: this.method, type: this.#route, endpoint: this.target.identifier, payload: this.payload, identity });
    if (this.#forgetFirst) await cache.forget(key);
    const kept = await cache.find(key);
    if (kept && this.#ttlSeconds >= 0) return responseOf<Data>(kept);
    const { response, answer } = await this.#untilAnswered(call);
    if (answer && !response.isError) await cache.keep(key, answer, this.#ttlSeconds);
    return response;
  }

  async #untilAnswered(call: HttpCall): Promise<Exchange<Data>> {
    const { platform } = this.target.kernel;
    for (let tries = 0; ; tries++) {
      const answered = await signedExchange<Data>(this.#withHeaders(call), this.#timeoutMs, this.target.kernel);
      if (tries >= this.#retries || !this.#wantsRetry(answered.response)) return answered;
      await platform.sleep(pauseMs(tries, () => platform.random()));
    }
  }

  #wantsRetry(response: ActionResponse<Data>): boolean {
    return [RETRY_STRATEGIES["internal-error"], ...this.#strategies].some((strategy) => strategy(response));
  }

  #withHeaders(call: HttpCall): HttpCall {
    const headers = { ...call.headers };
    if (this.#apiKey !== null) headers["x-api-key"] = this.#apiKey;
    if (this.#returnsLogs) headers["x-amz-log-type"] = "Tail";
    return { ...call, headers };
  }
}
