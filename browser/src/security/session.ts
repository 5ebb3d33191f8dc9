import type { Store } from "../cache/store.ts";

const IDENTITY = "identity";
const USER = "user";

/** A user who stays signed in over reloads. */
export interface KeptUser {
  readonly refreshToken: string;
  readonly identityId: string;
}

/**
 * What outlives the page, for each app: which anonymous identity this browser is, and the refresh token of who signed in. Passwords, credentials and
 * the tokens that requests are made with are never stored; they are fetched anew after a reload.
 */
export class SessionStore {
  constructor(private readonly store: Store) {}

  get identityId(): string | null {
    return this.store.get(IDENTITY);
  }

  get user(): KeptUser | null {
    try {
      const kept = JSON.parse(this.store.get(USER) ?? "null") as Partial<KeptUser> | null;
      return typeof kept?.refreshToken === "string" && typeof kept.identityId === "string" ? (kept as KeptUser) : null;
    } catch {
      return null; // somebody else wrote it
    }
  }

  keepIdentity(identityId: string): void {
    this.store.set(IDENTITY, identityId);
  }

  keepUser(user: KeptUser): void {
    this.store.set(USER, JSON.stringify(user));
  }

  forgetIdentity(): void {
    this.store.delete(IDENTITY);
  }

  forgetUser(): void {
    this.store.delete(USER);
  }
}
