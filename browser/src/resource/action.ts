import { UnknownMethodError } from "../errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { FrontendAction } from "../wire.ts";
import { ActionRequest } from "./request.ts";

/** What a request needs to know of the action it calls. */
export interface ActionTarget {
  /** `deep.todo:task:create` */
  readonly identifier: string;
  readonly action: FrontendAction;
  readonly kernel: Kernel;
}

/** One action, as `resource.get("@deep.todo:task:create")` gives it. */
export class ResourceAction {
  constructor(private readonly target: ActionTarget) {}

  get identifier(): string {
    return this.target.identifier;
  }

  get config(): FrontendAction {
    return this.target.action;
  }

  /** Prepares a call. Without a method it is the first the action declares. Throws UnknownMethodError for one it does not. */
  request<Data = unknown>(payload: unknown = {}, method: string | null = null): ActionRequest<Data> {
    const { methods } = this.target.action;
    const chosen = (method ?? methods[0] ?? "GET").toUpperCase();
    if (!methods.includes(chosen)) throw new UnknownMethodError(chosen, this.target.identifier, methods);
    return new ActionRequest<Data>(this.target, chosen, payload);
  }
}
