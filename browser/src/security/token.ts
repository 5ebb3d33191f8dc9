import { tellBoth, type NodeCallback } from "../callback.ts";
import { asError, IdentityError } from "../errors.ts";
import type { Bearer, CurrentUser } from "./bearer.ts";
import { isGone, type Credentials, type Identified } from "./cognito.ts";
import { renewalTime } from "./lifetime.ts";
import type { UserTokens } from "./user-pool.ts";

/** Who the page's user is. */
export class Token {
  #identified!: Identified;
  #loading: Promise<Credentials> | null = null;
  #expired: ((error: Error) => void)[] = [];
  #renewFrom = 0;

  constructor(
    identified: Identified,
    readonly bearer: Bearer,
    private readonly now: () => number,
  ) {
    this.#take(identified);
  }

  get identityId(): string {
    return this.#identified.identityId;
  }

  get isAnonymous(): boolean {
    return this.bearer.kind === "anonymous";
  }

  /** Who signed in; null for an anonymous visitor, and for one whom another provider vouches for. */
  getUser(callback?: (user: CurrentUser | null) => void): CurrentUser | null {
    callback?.(this.bearer.user);
    return this.bearer.user;
  }

  /** Whether this token's bearer may call an action; see `Security.isAllowed`. */
  isAllowed(scope: string): boolean {
    return this.bearer.isAllowed(scope);
  }

  /** Credentials good for a while yet; new ones are fetched when they are about to end, or when `renew` asks. Callers at one time share a fetch. */
  loadCredentials(callback?: NodeCallback<Credentials>, renew = false): Promise<Credentials> {
    const good = !renew && this.now() < this.#renewFrom;
    return tellBoth(good ? Promise.resolve(this.#identified.credentials) : (this.#loading ??= this.#load()), callback);
  }

  /** Credentials instead of those a service refused, by their session token; what was renewed meanwhile is not renewed again. */
  insteadOf(refused: string): Promise<Credentials> {
    return this.loadCredentials(undefined, this.#identified.credentials.sessionToken === refused);
  }

  /** The tokens of the user who signed in, good for a while yet. Fails with IdentityError, also when there is no such user. */
  userTokens(): Promise<UserTokens> {
    const { session } = this.bearer;
    if (!session) return Promise.reject(new IdentityError("NotSignedIn", "nobody is signed in", 401));
    return session.tokens().catch((error: unknown) => this.#failed(error));
  }

  /** Calls back when the identity service gives no new credentials: the session is over. */
  registerTokenExpiredCallback(callback: (error: Error) => void): this {
    this.#expired.push(callback);
    return this;
  }

  async #load(): Promise<Credentials> {
    try {
      return this.#take(await this.bearer.fetch());
    } catch (error) {
      return this.#failed(error);
    } finally {
      this.#loading = null;
    }
  }

  #failed(error: unknown): never {
    if (isGone(error)) this.#expired.forEach((tell) => tell(asError(error)));
    throw error;
  }

  #take(identified: Identified): Credentials {
    this.#identified = identified;
    this.#renewFrom = renewalTime(this.now(), identified.credentials.expiresAt);
    return identified.credentials;
  }
}
