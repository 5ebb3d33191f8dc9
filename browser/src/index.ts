// FRONT DOOR of the ES module. `import DeepFramework from "/js/lib/deep-framework.mjs"` gives the same object as the script's global.

export { DeepFramework, DeepFramework as default } from "./global.ts";
export type { Booted, BootFailure, BootstrapModule, StartedMicroapp } from "./boot/boot.ts";
export {
  ConfigError,
  DeepError,
  IdentityError,
  InvalidReferenceError,
  MissingResourceError,
  MissingServiceError,
  UnknownMethodError,
  ValidationError,
} from "./errors.ts";
export type { Framework } from "./framework.ts";
export type { Kernel, Microservice, Services } from "./kernel/kernel.ts";
export { ResponseError, type ActionResponse } from "./resource/response.ts";
export type { ActionRequest, ResponseCallback } from "./resource/request.ts";
export type { ResourceAction } from "./resource/action.ts";
export type { ResourceInstance } from "./resource/resource.ts";
export type { CurrentUser } from "./security/bearer.ts";
export type { Security, SignIn, SignInOptions } from "./security/security.ts";
export type { ChangeReason, SecurityState } from "./security/sessions.ts";
export type { Token } from "./security/token.ts";
export type * from "./wire.ts";
