import assert from "node:assert/strict";
import { test } from "node:test";

import { canonical } from "../src/canonical.ts";
import { ValidationError } from "../src/errors.ts";
import { check, type Schema } from "../src/validation/check.ts";
import { Validation } from "../src/validation/validation.ts";

const FITS: [string, Schema, unknown][] = [
  ["a type", { type: "string" }, "x"],
  ["one of several types", { type: ["string", "null"] }, null],
  ["a whole number", { type: "integer" }, 3],
  ["an empty schema", {}, { any: "thing" }],
  ["an enum by value", { enum: [{ a: 1, b: 2 }] }, { b: 2, a: 1 }],
  ["a length counted in characters, not code units", { maxLength: 1 }, "😀"],
  ["a pattern anywhere in the text", { pattern: "b" }, "abc"],
  ["a pattern only the backend understands", { pattern: "(?P<x>a)" }, "b"],
  ["an unknown format", { format: "iban" }, "x"],
  ["an unknown keyword", { anyOf: [{ type: "number" }] }, "x"],
  ["an unknown type", { type: "tuple" }, "x"],
  ["rules of another type", { minLength: 5, minimum: 10, minItems: 3 }, true],
  ["a field that is undefined and not required", { properties: { a: { type: "string" } } }, { a: undefined }],
  ["unknown fields unless forbidden", { properties: { a: {} } }, { a: 1, b: 2 }],
  ["fields with patterns, which the client does not read", { additionalProperties: false, patternProperties: { "^x": {} } }, { x1: 1 }],
  ["inherited names are not fields", { additionalProperties: { type: "number" }, properties: {} }, {}],
];

for (const [name, schema, value] of FITS) test(`fits: ${name}`, () => assert.deepEqual(check(schema, value), []));

const FAILS: [Schema, unknown, string, string][] = [
  [{ type: "string" }, 1, "", "must be string"],
  [{ type: ["string", "null"] }, 1, "", "must be string or null"],
  [{ type: "integer" }, 1.5, "", "must be integer"],
  [{ type: "object" }, [], "", "must be object"],
  [{ type: "array" }, {}, "", "must be array"],
  [{ type: "number" }, "1", "", "must be number"],
  [{ enum: ["a", 1] }, "b", "", 'must be one of "a", 1'],
  [{ const: "a" }, "b", "", 'must be "a"'],
  [{ minLength: 1 }, "", "", "must have at least 1 character"],
  [{ maxLength: 2 }, "abc", "", "must have at most 2 characters"],
  [{ pattern: "^a$" }, "b", "", "must match ^a$"],
  [{ format: "email" }, "a b@c", "", "must be of the format email"],
  [{ format: "email" }, "nobody", "", "must be of the format email"],
  [{ format: "uri" }, "/relative", "", "must be of the format uri"],
  [{ format: "date" }, "2026-13-01", "", "must be of the format date"],
  [{ format: "date" }, "1/2/2026", "", "must be of the format date"],
  [{ format: "date-time" }, "2026-01-01", "", "must be of the format date-time"],
  [{ minimum: 1 }, 0, "", "must be at least 1"],
  [{ maximum: 1 }, 2, "", "must be at most 1"],
  [{ exclusiveMinimum: 1 }, 1, "", "must be more than 1"],
  [{ exclusiveMaximum: 1 }, 1, "", "must be less than 1"],
  [{ minItems: 1 }, [], "", "must have at least 1 item"],
  [{ maxItems: 1 }, [1, 2], "", "must have at most 1 item"],
  [{ uniqueItems: true }, [{ a: 1 }, { a: 1 }], "", "must not hold an item twice"],
  [{ items: { type: "string" } }, ["a", 1], "1", "must be string"],
  [{ required: ["a"] }, {}, "a", "is required"],
  [{ required: ["a"] }, { a: undefined }, "a", "is required"],
  [{ properties: { a: { properties: { b: { type: "string" } } } } }, { a: { b: 1 } }, "a.b", "must be string"],
  [{ properties: { a: {} }, additionalProperties: false }, { a: 1, b: 2, c: 3 }, "", 'has no field "b", "c"'],
  [{ additionalProperties: { type: "number" } }, { a: "x" }, "a", "must be number"],
  [{ minProperties: 2 }, { a: 1 }, "", "must have at least 2 fields"],
  [{ maxProperties: 1 }, { a: 1, b: 1 }, "", "must have at most 1 field"],
];

for (const [schema, value, path, message] of FAILS) {
  test(`fails: ${JSON.stringify(value)} against ${JSON.stringify(schema)}`, () => assert.deepEqual(check(schema, value), [{ path, message }]));
}

const FORMATTED = [
  ["email", "a@b.example"],
  ["uri", "https://a.example/x?y"],
  ["uri", "mailto:a@b"],
  ["date", "2026-02-28"],
  ["date-time", "2026-02-28T10:00:00.5Z"],
] as const;

for (const [format, text] of FORMATTED) {
  test(`${text} is of the format ${format}`, () => assert.deepEqual(check({ format }, text), []));
}

test("every field that does not fit is told", () => {
  const schema = { type: "object", properties: { a: { type: "string", minLength: 2, pattern: "^x" }, b: { type: "number" } }, required: ["c"] };
  assert.deepEqual(check(schema, { a: "a", b: "b" }).map(({ path }) => path), ["c", "a", "a", "b"]);
});

test("what a query string carries as text fits where the backend converts it", () => {
  const limit = { type: "number", maximum: 5 };
  const schema = { properties: { size: { type: "integer" }, all: { type: "boolean" }, id: { type: "string" }, limit } };
  assert.deepEqual(check(schema, { size: "3", all: "true", id: 7, limit: "4.5" }, true), []);
  assert.deepEqual(check(schema, { size: "3.5", all: "yes", limit: "9" }, true).map(({ path }) => path), ["size", "all", "limit"]);
  assert.equal(check(schema, { size: "3" }).length, 1);
  assert.equal(check(schema, { size: " " }, true).length, 1);
});

test("the service validates by name, and leaves unknown schemas to the backend", () => {
  const validation = new Validation({ Name: { type: "object", required: ["First"] } });
  assert.equal(validation.hasSchema("Name"), true);
  assert.deepEqual(validation.validate("Name", { First: "x" }), { First: "x" });
  assert.throws(
    () => validation.validate("Name", {}),
    (error: Error) => {
      assert.ok(error instanceof ValidationError);
      assert.equal(error.code, 400);
      assert.deepEqual(error.validationErrors, [{ path: "First", message: "is required" }]);
      assert.match(error.message, /does not fit Name: First: is required/);
      return true;
    },
  );
  assert.deepEqual(validation.errors("Nowhere", {}), []);
  assert.deepEqual(validation.setSchema("Nowhere", { type: "string" }).errors("Nowhere", 1).length, 1);
});

test("canonical JSON is equal for equal data", () => {
  assert.equal(canonical({ b: [{ d: 1, c: undefined }], a: null }), '{"a":null,"b":[{"d":1}]}');
  assert.notEqual(canonical([1, 2]), canonical([2, 1]));
  assert.equal(canonical(undefined), "null");
});
