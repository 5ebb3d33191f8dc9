import { AUTHENTICATED, isAllowed, roleOf, UNAUTHENTICATED, type Rules } from "./acl.ts";
import type { Identified } from "./cognito.ts";
import type { ActingShape } from "../wire.ts";
import type { UserSession } from "./user-session.ts";

/** Who is signed in. */
export interface CurrentUser {
  readonly username: string;
  /** null where the account has none. */
  readonly email: string | null;
  readonly groups: readonly string[];
  /** The one role of `groups` they act in. */
  readonly role: string;
  /** In development: nobody signed in, and the platform takes unsigned requests for this user's. */
  readonly isActing: boolean;
}

/**
 * Who stands behind a token: an anonymous visitor, somebody whom another provider vouches for (`external`), a user of the app's own, or in development
 * whoever the platform lets unsigned requests act as.
 */
export class Bearer {
  constructor(
    readonly kind: "anonymous" | "external" | "user" | "acting",
    /** Fetches new credentials; fails with IdentityError. */
    readonly fetch: () => Promise<Identified>,
    private readonly rules: Rules,
    /** The tokens of a user; null for others. */
    readonly session: UserSession | null = null,
    private readonly acting: ActingShape | null = null,
  ) {}

  get user(): CurrentUser | null {
    if (this.acting) return { username: this.acting.username, email: null, groups: this.acting.groups, role: this.acting.role, isActing: true };
    if (!this.session) return null;
    const { "cognito:groups": groups, "cognito:username": username, sub, email } = this.session.claims;
    const known = Array.isArray(groups) ? groups.map(String) : [];
    const address = typeof email === "string" ? email : null;
    return { username: String(username ?? sub ?? ""), email: address, groups: known, role: roleOf(known, this.rules), isActing: false };
  }

  get role(): string {
    return this.user?.role ?? (this.kind === "anonymous" ? UNAUTHENTICATED : AUTHENTICATED);
  }

  isAllowed(scope: string): boolean {
    return isAllowed(scope, this.role, this.rules);
  }
}
