// Amazon Cognito's identity pool protocol (JSON 1.1), as far as anonymous identities need it. The local platform speaks it too.

import { asError, IdentityError } from "../errors.ts";
import type { Platform } from "../platform.ts";

/** Temporary credentials of an identity. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  /** Unix time in milliseconds. */
  readonly expiresAt: number;
}

interface CredentialsAnswer {
  IdentityId: string;
  /** `Expiration` is Unix time in seconds. */
  Credentials: { AccessKeyId: string; SecretKey: string; SessionToken: string; Expiration: number };
}

export class CognitoIdentity {
  constructor(
    private readonly endpoint: string,
    private readonly platform: Platform,
  ) {}

  /** A new anonymous identity of a pool. */
  async newIdentity(poolId: string): Promise<string> {
    const answer = await this.#call<{ IdentityId: string }>("GetId", { IdentityPoolId: poolId });
    return answer.IdentityId;
  }

  async credentialsOf(identityId: string): Promise<Credentials> {
    const { Credentials: given } = await this.#call<CredentialsAnswer>("GetCredentialsForIdentity", { IdentityId: identityId });
    return { accessKeyId: given.AccessKeyId, secretKey: given.SecretKey, sessionToken: given.SessionToken, expiresAt: given.Expiration * 1000 };
  }

  async #call<Answer>(operation: string, input: object): Promise<Answer> {
    const url = new URL(this.endpoint, this.platform.location.origin).href;
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AWSCognitoIdentityService.${operation}` };
    const answer = await this.platform.fetch(url, { method: "POST", headers, body: JSON.stringify(input) }).catch((error: unknown) => {
      throw new IdentityError("NetworkError", `the identity service could not be reached: ${asError(error).message}`, 0);
    });
    const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    if (answer.ok) return body as Answer;
    const type = errorType(body["__type"] ?? answer.headers.get("x-amzn-errortype"));
    const reason = String(body["message"] ?? body["Message"] ?? "");
    throw new IdentityError(type, `the identity service answered ${answer.status} ${type}: ${reason}`, answer.status);
  }
}

/** `com.amazonaws.cognito#ResourceNotFoundException:http://...` -> `ResourceNotFoundException`. */
function errorType(told: unknown): string {
  return String(told ?? "UnknownError").replace(/^.*#/, "").replace(/:.*$/, "");
}
