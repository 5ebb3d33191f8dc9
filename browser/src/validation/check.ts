// A checker for the part of JSON Schema that validation files use. It spares the user a round trip; the backend decides. So what it does not
// know (`$ref`, `anyOf`, ...) passes, and with `lenient` so does what the backend converts: a query string has only text.

import type { FieldError } from "../wire.ts";
import { canonical } from "../canonical.ts";
import { hasFormat } from "./formats.ts";

export type Schema = Readonly<Record<string, unknown>>;

type Complain = (message: string) => void;
type Rule = (value: never, argument: never, complain: Complain, schema: Schema) => void;

interface Walk {
  readonly lenient: boolean;
  readonly errors: FieldError[];
}

/** Every field of `value` that does not fit `schema`; empty when it fits. */
export function check(schema: Schema, value: unknown, lenient = false): FieldError[] {
  const walk: Walk = { lenient, errors: [] };
  visit(schema, value, "", walk);
  return walk.errors;
}

function visit(schema: Schema, value: unknown, path: string, walk: Walk): void {
  const complain: Complain = (message) => walk.errors.push({ path, message });
  const meant = walk.lenient ? converted(value, schema["type"]) : value;
  if (!isOfType(meant, schema["type"])) return complain(`must be ${typeNames(schema["type"]).join(" or ")}`);
  applyRules(ANY_RULES, schema, meant, complain);
  if (typeof meant === "string") applyRules(TEXT_RULES, schema, meant, complain);
  if (typeof meant === "number") applyRules(NUMBER_RULES, schema, meant, complain);
  if (Array.isArray(meant)) {
    applyRules(LIST_RULES, schema, meant, complain);
    visitItems(schema, meant, path, walk);
  } else if (isObject(meant)) {
    applyRules(OBJECT_RULES, schema, meant, complain);
    visitProperties(schema, meant, path, walk);
  }
}

function applyRules(rules: Readonly<Record<string, Rule>>, schema: Schema, value: unknown, complain: Complain): void {
  for (const [keyword, rule] of Object.entries(rules)) {
    if (Object.hasOwn(schema, keyword)) rule(value as never, schema[keyword] as never, complain, schema);
  }
}

function visitItems(schema: Schema, list: readonly unknown[], path: string, walk: Walk): void {
  const items = schema["items"];
  if (isObject(items)) list.forEach((item, position) => visit(items, item, joined(path, String(position)), walk));
}

function visitProperties(schema: Schema, value: Schema, path: string, walk: Walk): void {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  for (const name of Array.isArray(schema["required"]) ? (schema["required"] as string[]) : []) {
    if (value[name] === undefined) walk.errors.push({ path: joined(path, name), message: "is required" });
  }
  const others = schema["additionalProperties"];
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue; // JSON leaves it out
    const rule = Object.hasOwn(properties, name) ? properties[name] : others;
    if (isObject(rule)) visit(rule, field, joined(path, name), walk);
  }
}

const ANY_RULES: Readonly<Record<string, Rule>> = {
  enum: (value: unknown, allowed: unknown[], complain) => {
    if (!allowed.some((one) => same(one, value))) complain(`must be one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`);
  },
  const: (value: unknown, only: unknown, complain) => {
    if (!same(only, value)) complain(`must be ${JSON.stringify(only)}`);
  },
};

const TEXT_RULES: Readonly<Record<string, Rule>> = {
  minLength: (text: string, least: number, complain) => {
    if ([...text].length < least) complain(`must have at least ${counted(least, "character")}`);
  },
  maxLength: (text: string, most: number, complain) => {
    if ([...text].length > most) complain(`must have at most ${counted(most, "character")}`);
  },
  pattern: (text: string, pattern: string, complain) => {
    if (!(expression(pattern)?.test(text) ?? true)) complain(`must match ${pattern}`);
  },
  format: (text: string, format: string, complain) => {
    if (!hasFormat(text, format)) complain(`must be of the format ${format}`);
  },
};

const NUMBER_RULES: Readonly<Record<string, Rule>> = {
  minimum: (number: number, least: number, complain) => {
    if (number < least) complain(`must be at least ${least}`);
  },
  maximum: (number: number, most: number, complain) => {
    if (number > most) complain(`must be at most ${most}`);
  },
  exclusiveMinimum: (number: number, bound: number, complain) => {
    if (number <= bound) complain(`must be more than ${bound}`);
  },
  exclusiveMaximum: (number: number, bound: number, complain) => {
    if (number >= bound) complain(`must be less than ${bound}`);
  },
};

const LIST_RULES: Readonly<Record<string, Rule>> = {
  minItems: (list: unknown[], least: number, complain) => {
    if (list.length < least) complain(`must have at least ${counted(least, "item")}`);
  },
  maxItems: (list: unknown[], most: number, complain) => {
    if (list.length > most) complain(`must have at most ${counted(most, "item")}`);
  },
  uniqueItems: (list: unknown[], wanted: boolean, complain) => {
    if (wanted && list.some((item, position) => list.slice(0, position).some((other) => same(other, item)))) complain("must not hold an item twice");
  },
};

const OBJECT_RULES: Readonly<Record<string, Rule>> = {
  minProperties: (value: object, least: number, complain) => {
    if (Object.keys(value).length < least) complain(`must have at least ${counted(least, "field")}`);
  },
  maxProperties: (value: object, most: number, complain) => {
    if (Object.keys(value).length > most) complain(`must have at most ${counted(most, "field")}`);
  },
  additionalProperties: (value: object, allowed: unknown, complain, schema) => {
    if (allowed !== false) return;
    const known = isObject(schema["properties"]) ? schema["properties"] : {};
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(known, name) && !isObject(schema["patternProperties"]));
    if (unknown.length) complain(`has no field ${unknown.map((name) => JSON.stringify(name)).join(", ")}`);
  },
};

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: isObject,
  null: (value) => value === null,
};

function typeNames(type: unknown): string[] {
  return Array.isArray(type) ? (type as string[]) : typeof type === "string" ? [type] : [];
}

function isOfType(value: unknown, type: unknown): boolean {
  const names = typeNames(type);
  return names.length === 0 || names.some((name) => TYPES[name]?.(value) ?? true);
}

/** What the backend makes of a query parameter: `"5"` where a number is wanted is 5, and 5 where a text is wanted is `"5"`. */
function converted(value: unknown, type: unknown): unknown {
  if (isOfType(value, type)) return value;
  const names = typeNames(type);
  if (names.includes("string") && (typeof value === "number" || typeof value === "boolean")) return String(value);
  if (typeof value !== "string") return value;
  if ((names.includes("number") || names.includes("integer")) && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  if (names.includes("boolean") && (value === "true" || value === "false")) return value === "true";
  return value;
}

/** null for a pattern that only the backend's dialect understands. */
function expression(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(left: unknown, right: unknown): boolean {
  return left === right || canonical(left) === canonical(right);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}
