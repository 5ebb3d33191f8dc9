import { MissingServiceError } from "../errors.ts";

/** Services by name, each made when it is first asked for and then kept. */
export class Container {
  readonly #factories = new Map<string, () => unknown>();
  readonly #made = new Map<string, unknown>();

  /** Declares a service. Declaring a name again replaces the service, also when it was made already. */
  register(name: string, factory: () => unknown): this {
    this.#factories.set(name, factory);
    this.#made.delete(name);
    return this;
  }

  /** Adds a ready-made value: a parameter, or a service of the app's own. */
  addParameter(name: string, value: unknown): this {
    return this.register(name, () => value);
  }

  has(name: string): boolean {
    return this.#factories.has(name);
  }

  /** Throws MissingServiceError, which names the service asked for and those there are. */
  get(name: string): unknown {
    if (this.#made.has(name)) return this.#made.get(name);
    const factory = this.#factories.get(name);
    if (!factory) throw new MissingServiceError(name, [...this.#factories.keys()]);
    const service = factory();
    this.#made.set(name, service);
    return service;
  }
}
