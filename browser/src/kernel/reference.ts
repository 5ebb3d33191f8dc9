// `@microapp:path`, the way one microapplication names what belongs to another (or to itself).

import { InvalidReferenceError } from "../errors.ts";
import type { FrontendMicroapp } from "../wire.ts";

const FORM = /^@\s*([^:]+)\s*:\s*([^\s]+)\s*$/;

export interface Reference {
  readonly microapp: string;
  readonly path: string;
}

/** Splits `@deep.todo:js/app.js` into its microapplication and the rest. */
export function splitReference(reference: string): Reference {
  const match = FORM.exec(reference);
  if (!match) throw new InvalidReferenceError(`"${reference}" is not of the form "@microapp:path"`);
  return { microapp: match[1]!.trim(), path: match[2]! };
}

/** `splitReference`, and the microapplication must be one of the app's. */
export function resolveReference(reference: string, microapps: Readonly<Record<string, FrontendMicroapp>>): Reference {
  const split = splitReference(reference);
  if (Object.hasOwn(microapps, split.microapp)) return split;
  const known = Object.keys(microapps).join(", ");
  throw new InvalidReferenceError(`"${reference}" names the microapplication "${split.microapp}", which the app does not have; it has ${known}`);
}
