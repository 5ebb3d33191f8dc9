import { ValidationError } from "../errors.ts";
import type { FieldError } from "../wire.ts";
import { check, type Schema } from "./check.ts";

/** The app's schemas by name. Every model is a schema of its own name too. */
export class Validation {
  readonly #schemas: Map<string, Schema>;

  constructor(schemas: Readonly<Record<string, Schema>>) {
    this.#schemas = new Map(Object.entries(schemas));
  }

  hasSchema(name: string): boolean {
    return this.#schemas.has(name);
  }

  getSchema(name: string): Schema | undefined {
    return this.#schemas.get(name);
  }

  /** Adds a schema of the page's own, or replaces one. */
  setSchema(name: string, schema: Schema): this {
    this.#schemas.set(name, schema);
    return this;
  }

  /** Every field that does not fit the schema. A schema this page does not know is left to the backend: nothing is wrong. */
  errors(name: string, value: unknown, lenient = false): FieldError[] {
    const schema = this.#schemas.get(name);
    return schema ? check(schema, value, lenient) : [];
  }

  /** Answers the value when it fits; throws ValidationError, with every field that does not, otherwise. */
  validate<T>(name: string, value: T): T {
    const errors = this.errors(name, value);
    if (errors.length) throw new ValidationError(name, errors);
    return value;
  }
}
