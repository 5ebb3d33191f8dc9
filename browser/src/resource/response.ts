// What a request answers with, whatever became of it: success, an error of the backend, or no answer at all.

import type { ErrorBody, FieldError } from "../wire.ts";

/** What went wrong. `name` is the backend's `errorType`, or NetworkError, TimeoutError, ValidationError from here. */
export class ResponseError extends Error {
  override readonly name: string;

  constructor(
    name: string,
    message: string,
    readonly validationErrors: readonly FieldError[] = [],
  ) {
    super(message);
    this.name = name;
  }
}

/** An answer as it came, and as it is kept in the cache. */
export interface RawAnswer {
  readonly statusCode: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The answer of an action. `statusCode` is 0 when there was none. */
export class ActionResponse<Data = unknown> {
  constructor(
    readonly statusCode: number,
    readonly data: Data | null,
    readonly error: ResponseError | null,
    readonly headers: Readonly<Record<string, string>> = {},
    /** The body as text. */
    readonly rawData: string = "",
  ) {}

  get isError(): boolean {
    return this.error !== null;
  }

  /** The request's id in the backend's logs; null when there was no answer. */
  get requestId(): string | null {
    return this.headers["x-amzn-requestid"] ?? this.headers["apigw-requestid"] ?? this.headers["x-amz-request-id"] ?? null;
  }

  /** The function's log tail, when a direct call asked for it. */
  get logResult(): string | null {
    const encoded = this.headers["x-amz-log-result"];
    return encoded === undefined ? null : new TextDecoder().decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  }
}

/** The response of an answer: an error from status 400 on, or where a direct call carries a function's failure in a 200, as Lambda's Invoke does. */
export function responseOf<Data>(answer: RawAnswer, isDirect = false): ActionResponse<Data> {
  const body = parsed(answer.text);
  const failed = answer.statusCode >= 400 || (isDirect && ("x-amz-function-error" in answer.headers || isErrorBody(body)));
  return failed
    ? new ActionResponse<Data>(answer.statusCode, null, errorOf(body, answer), answer.headers, answer.text)
    : new ActionResponse<Data>(answer.statusCode, body as Data, null, answer.headers, answer.text);
}

/** A response that never came from a backend. */
export function failure<Data>(name: string, message: string, statusCode = 0, validationErrors: readonly FieldError[] = []): ActionResponse<Data> {
  return new ActionResponse<Data>(statusCode, null, new ResponseError(name, message, validationErrors));
}

/** JSON where it is JSON, null where there is nothing, the text itself otherwise. */
function parsed(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === "object" && body !== null && typeof (body as Partial<ErrorBody>).errorMessage === "string";
}

function errorOf(body: unknown, answer: RawAnswer): ResponseError {
  const type = answer.headers["x-amzn-errortype"]?.split(":")[0];
  if (isErrorBody(body)) return new ResponseError(body.errorType ?? type ?? "Error", body.errorMessage, body.validationErrors);
  const { message, Message, reason } = (body ?? {}) as Record<string, unknown>; // AWS's own refusals: {"message": "Forbidden"}; in development with the reason
  const told = [message ?? Message, reason].filter((part) => typeof part === "string").join(": ");
  return new ResponseError(type ?? "HttpError", told || `the action answered ${answer.statusCode}`);
}
