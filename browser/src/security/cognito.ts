// Amazon Cognito's identity pool: identities, and temporary credentials of theirs.

import { IdentityError } from "../errors.ts";
import type { AmzJsonService } from "./amz-json.ts";

/** Temporary credentials of an identity. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly sessionToken: string;
  /** Unix time in milliseconds. */
  readonly expiresAt: number;
}

/** Proofs of who somebody is: a token by the name of who gave it, such as `accounts.google.com`. None for an anonymous identity. */
export type Logins = Readonly<Record<string, string>>;

/** Credentials and the identity they are of. */
export interface Identified {
  readonly identityId: string;
  readonly credentials: Credentials;
}

interface CredentialsAnswer {
  IdentityId: string;
  /** `Expiration` is Unix time in seconds. */
  Credentials: { AccessKeyId: string; SecretKey: string; SessionToken: string; Expiration: number };
}

/** What the service says of an identity it no longer has, or that is not of the one who asks. */
const GONE = new Set(["ResourceNotFoundException", "NotAuthorizedException", "InvalidParameterException", "ResourceConflictException"]);

/** Whether an error ends a session; a network that fails does not. */
export function isGone(error: unknown): boolean {
  return error instanceof IdentityError && GONE.has(error.type);
}

export class CognitoIdentity {
  constructor(
    private readonly poolId: string,
    private readonly service: AmzJsonService,
  ) {}

  /**
   * Credentials of the identity that `logins` prove, or of an anonymous one. `known` is the identity this browser has been so far: it is kept where
   * the service allows, so that what an anonymous visitor did stays theirs when they sign in.
   */
  async identify(known: string | null, logins: Logins | null): Promise<Identified> {
    if (known !== null) {
      try {
        return await this.credentialsOf(known, logins);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    const answer = await this.service.call<{ IdentityId: string }>("GetId", { IdentityPoolId: this.poolId, ...proofs(logins) });
    return this.credentialsOf(answer.IdentityId, logins);
  }

  async credentialsOf(identityId: string, logins: Logins | null): Promise<Identified> {
    const asked = { IdentityId: identityId, ...proofs(logins) };
    const { IdentityId, Credentials: given } = await this.service.call<CredentialsAnswer>("GetCredentialsForIdentity", asked);
    const [accessKeyId, secretKey, sessionToken] = [given.AccessKeyId, given.SecretKey, given.SessionToken];
    return { identityId: IdentityId, credentials: { accessKeyId, secretKey, sessionToken, expiresAt: given.Expiration * 1000 } };
  }
}

function proofs(logins: Logins | null): { Logins?: Logins } {
  return logins === null ? {} : { Logins: logins };
}
