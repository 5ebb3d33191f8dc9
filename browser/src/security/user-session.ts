import { beginningOf, claimsOf, endOf, type Claims } from "./claims.ts";
import { renewalTime } from "./lifetime.ts";
import type { UserPool, UserTokens } from "./user-pool.ts";

/** The tokens of a user who signed in, renewed for as long as the refresh token is good. */
export class UserSession {
  #tokens: UserTokens;
  #isOld = false;
  #renewing: Promise<UserTokens> | null = null;
  #renewed: () => void = () => {};

  constructor(
    tokens: UserTokens,
    private readonly pool: UserPool,
    private readonly now: () => number,
  ) {
    this.#tokens = tokens;
  }

  /** What the ID token says of the user. */
  get claims(): Claims {
    return claimsOf(this.#tokens.idToken);
  }

  get refreshToken(): string {
    return this.#tokens.refreshToken;
  }

  onRenewal(callback: () => void): void {
    this.#renewed = callback;
  }

  /** Tokens good for a while yet. Callers at one time share a renewal. Fails with IdentityError. */
  async tokens(): Promise<UserTokens> {
    const { idToken } = this.#tokens;
    if (!this.#isOld && this.now() < renewalTime(beginningOf(idToken), endOf(idToken))) return this.#tokens;
    return (this.#renewing ??= this.#renew());
  }

  /** Has the tokens renewed before they are next asked for. */
  age(): void {
    this.#isOld = true;
  }

  async #renew(): Promise<UserTokens> {
    try {
      this.#tokens = await this.pool.refresh(this.#tokens.refreshToken);
      this.#isOld = false;
      this.#renewed();
      return this.#tokens;
    } finally {
      this.#renewing = null;
    }
  }
}
