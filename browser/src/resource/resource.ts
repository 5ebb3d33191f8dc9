import { InvalidReferenceError, MissingResourceError } from "../errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { FrontendAction } from "../wire.ts";
import { ResourceAction } from "./action.ts";
import type { ActionRequest } from "./request.ts";

/** One resource, as `resource.get("@deep.todo:task")` gives it. */
export class ResourceInstance {
  constructor(
    readonly identifier: string,
    private readonly kernel: Kernel,
    private readonly actionConfigs: Readonly<Record<string, FrontendAction>>,
  ) {}

  /** The names of the actions. */
  get actions(): string[] {
    return Object.keys(this.actionConfigs);
  }

  /** An action by name. Throws MissingResourceError. */
  action(name: string): ResourceAction {
    const action = Object.hasOwn(this.actionConfigs, name) ? this.actionConfigs[name] : undefined;
    if (!action) throw new MissingResourceError(`${this.identifier} has no action "${name}"; it has ${this.actions.join(", ")}`);
    return new ResourceAction({ identifier: `${this.identifier}:${name}`, action, kernel: this.kernel });
  }

  /** Prepares a call of an action; see `ResourceAction.request`. */
  request<Data = unknown>(actionName: string, payload: unknown = {}, method: string | null = null): ActionRequest<Data> {
    return this.action(actionName).request<Data>(payload, method);
  }
}

/** The app's resources: `get("@deep.todo:task")` a resource, `get("@deep.todo:task:create")` one of its actions. */
export class ResourceService {
  constructor(private readonly kernel: Kernel) {}

  /** Throws InvalidReferenceError for another form, MissingResourceError for a resource or action the app does not have. */
  get(reference: `@${string}:${string}:${string}`): ResourceAction;
  get(reference: string): ResourceInstance;
  get(reference: string): ResourceInstance | ResourceAction {
    const { microapp, path } = this.kernel.resolve(reference);
    const [name = "", action, ...more] = path.split(":");
    if (more.length) throw new InvalidReferenceError(`"${reference}" is not of the form "@microapp:resource" or "@microapp:resource:action"`);
    const instance = this.#instance(microapp, name);
    return action === undefined ? instance : instance.action(action);
  }

  /** Whether `get` would find it. */
  has(reference: string): boolean {
    try {
      this.get(reference);
      return true;
    } catch {
      return false;
    }
  }

  /** The identifiers of all actions of the app. */
  get list(): string[] {
    return Object.entries(this.kernel.config.microapps).flatMap(([microapp, { resources }]) =>
      Object.entries(resources).flatMap(([resource, actions]) => Object.keys(actions).map((action) => `${microapp}:${resource}:${action}`)),
    );
  }

  #instance(microapp: string, name: string): ResourceInstance {
    const resources = this.kernel.config.microapps[microapp]?.resources ?? {};
    const actions = Object.hasOwn(resources, name) ? resources[name] : undefined;
    if (actions) return new ResourceInstance(`${microapp}:${name}`, this.kernel, actions);
    throw new MissingResourceError(`${microapp} has no resource "${name}"; it has ${Object.keys(resources).join(", ") || "none"}`);
  }
}
