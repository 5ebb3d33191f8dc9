// Everything the library throws or puts into a response is one of these; `name` is stable and fit for a switch.

import type { FieldError } from "./wire.ts";

/** Base of every error of the library. `code` is the HTTP status a backend would give the same mistake. */
export class DeepError extends Error {
  override readonly name: string;

  constructor(name: string, message: string, readonly code = 500) {
    super(message);
    this.name = name;
  }
}

/** A reference is not of the form `@microapp:path`, or names a microapplication the app does not have. */
export class InvalidReferenceError extends DeepError {
  constructor(message: string) {
    super("InvalidReferenceError", message, 400);
  }
}

/** The container has no service of that name. */
export class MissingServiceError extends DeepError {
  constructor(name: string, known: readonly string[]) {
    super("MissingServiceError", `there is no service "${name}"; there are ${known.join(", ")}`);
  }
}

/** A microapplication has no such resource, or a resource no such action. */
export class MissingResourceError extends DeepError {
  constructor(message: string) {
    super("MissingResourceError", message, 404);
  }
}

/** The action does not answer that HTTP method. */
export class UnknownMethodError extends DeepError {
  constructor(method: string, action: string, allowed: readonly string[]) {
    super("UnknownMethodError", `${action} does not answer ${method}; it answers ${allowed.join(", ")}`, 400);
  }
}

/** Data does not fit its schema; `validationErrors` names every field that does not. */
export class ValidationError extends DeepError {
  constructor(readonly schema: string, readonly validationErrors: readonly FieldError[]) {
    const told = validationErrors.map((field) => (field.path ? `${field.path}: ${field.message}` : field.message));
    super("ValidationError", `the data does not fit ${schema}: ${told.join("; ")}`, 400);
  }
}

/** The app's configuration could not be had or is of another version than this library reads. */
export class ConfigError extends DeepError {
  constructor(message: string) {
    super("ConfigError", message);
  }
}

/** The identity service refused, or could not be reached. `type` is the service's own word for it, `reason` its sentence for people. */
export class IdentityError extends DeepError {
  constructor(readonly type: string, message: string, code = 403, readonly reason = message) {
    super("IdentityError", message, code);
  }
}

/** Any thrown value as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
