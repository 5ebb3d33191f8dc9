import { tellBoth, type NodeCallback } from "../callback.ts";
import { asError } from "../errors.ts";
import type { Credentials } from "./cognito.ts";

/** Credentials this close to their end are replaced before they are used, so that no request ends with a token that just expired. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

/** Who the page's user is. */
export class Token {
  readonly isAnonymous = true;
  #credentials: Credentials | null = null;
  #loading: Promise<Credentials> | null = null;
  #expired: ((error: Error) => void)[] = [];
  #renewFrom = 0;

  constructor(
    readonly identityId: string,
    private readonly fetchCredentials: (identityId: string) => Promise<Credentials>,
    private readonly now: () => number,
  ) {}

  /** Credentials good for a while yet; new ones are fetched when they are about to end, or when `renew` asks. Callers at one time share a fetch. */
  loadCredentials(callback?: NodeCallback<Credentials>, renew = false): Promise<Credentials> {
    const good = !renew && this.#credentials !== null && this.now() < this.#renewFrom;
    return tellBoth(good ? Promise.resolve(this.#credentials!) : (this.#loading ??= this.#load()), callback);
  }

  /** Calls back when the identity service gives no new credentials: the session is over. */
  registerTokenExpiredCallback(callback: (error: Error) => void): this {
    this.#expired.push(callback);
    return this;
  }

  async #load(): Promise<Credentials> {
    try {
      const credentials = await this.fetchCredentials(this.identityId);
      // Half the lifetime, where that is shorter than the margin: short-lived credentials must not be fetched for every request.
      this.#renewFrom = credentials.expiresAt - Math.min(RENEW_BEFORE_MS, (credentials.expiresAt - this.now()) / 2);
      return (this.#credentials = credentials);
    } catch (error) {
      if (this.#credentials) this.#expired.forEach((tell) => tell(asError(error)));
      throw error;
    } finally {
      this.#loading = null;
    }
  }
}
