// How Cognito's two services are spoken to: AWS JSON 1.1. The local platform speaks it too.

import { asError, IdentityError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import type { Clock } from "./clock.ts";

export class AmzJsonService {
  constructor(
    private readonly name: string,
    private readonly endpoint: string,
    private readonly platform: Platform,
    private readonly clock: Clock,
  ) {}

  /** Calls an operation. Fails with IdentityError, whose `type` is the service's word for what is wrong and `reason` its sentence. */
  async call<Answer>(operation: string, input: object): Promise<Answer> {
    const url = new URL(this.endpoint, this.platform.location.origin).href;
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${this.name}.${operation}` };
    const answer = await this.platform.fetch(url, { method: "POST", headers, body: JSON.stringify(input) }).catch((error: unknown) => {
      throw new IdentityError("NetworkError", `the identity service could not be reached: ${asError(error).message}`, 0);
    });
    this.clock.heed(answer.headers.get("date"));
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    if (answer.ok) return body as Answer;
    const type = errorType(body["__type"] ?? answer.headers.get("x-amzn-errortype"));
    const reason = String(body["message"] ?? body["Message"] ?? "");
    throw new IdentityError(type, `the identity service answered ${answer.status} ${type}: ${reason}`, answer.status, reason);
  }
}

/** `com.amazonaws.cognito#ResourceNotFoundException:http://...` -> `ResourceNotFoundException`. */
function errorType(told: unknown): string {
  return String(told ?? "UnknownError").replace(/^.*#/, "").replace(/:.*$/, "");
}
