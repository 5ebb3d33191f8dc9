// Who the page's user is, and how that changes.

import { asError, IdentityError } from "../errors.ts";
import { UNAUTHENTICATED, type Rules } from "./acl.ts";
import { Bearer, type CurrentUser } from "./bearer.ts";
import { isGone, type CognitoIdentity, type Identified, type Logins } from "./cognito.ts";
import type { SessionStore } from "./session.ts";
import { Token } from "./token.ts";
import type { UserPool, UserTokens } from "./user-pool.ts";
import type { ActingShape } from "../wire.ts";
import { UserSession } from "./user-session.ts";

/** What happened: `restored` after a reload, `renewed` when a user's role is another than before, `expired` when the session ended by itself. */
export type ChangeReason = "anonymous" | "signed-in" | "restored" | "renewed" | "signed-out" | "expired";

/** Who is there after a change. */
export interface SecurityState {
  readonly user: CurrentUser | null;
  readonly role: string;
  readonly reason: ChangeReason;
}

/** What sessions are made of. `pool` is null where the app has no users of its own. */
export interface Sources {
  readonly identities: CognitoIdentity;
  readonly pool: UserPool | null;
  readonly store: SessionStore;
  readonly rules: Rules;
  readonly now: () => number;
  /** Who unsigned requests act as, in development. */
  readonly acting: ActingShape | null;
}

export class Sessions {
  #token: Token | null = null;
  #entering: Promise<Token> | null = null;
  #restoring: Promise<Token | null> | null = null;
  /** The refresh token that this tab believes the browser keeps. */
  #kept: string | null;
  /** Counts how often somebody signed out, so that a sign-in from before does not come back after. */
  #era = 0;
  readonly #listeners = new Set<(state: SecurityState) => void>();

  constructor(private readonly sources: Sources) {
    this.#kept = this.#stored;
  }

  get token(): Token | null {
    return this.#token;
  }

  get role(): string {
    return this.#token?.bearer.role ?? UNAUTHENTICATED;
  }

  /** Calls back after every change; answers how to stop that. */
  onChange(listener: (state: SecurityState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Signs the user of before the reload in again; null when there is none. Fails with IdentityError where the service cannot be reached. */
  restore(): Promise<Token | null> {
    return (this.#restoring ??= this.#restore().catch((error: unknown) => {
      this.#restoring = null; // so that the next call tries again
      throw asError(error);
    }));
  }

  /** The token once whatever is under way has ended. Fails as `restore` does. */
  async settled(): Promise<Token | null> {
    await this.restore();
    await this.#entering?.catch(() => null);
    return this.#token;
  }

  /** A visitor without a name. Whoever is there already stays. */
  async anonymous(): Promise<Token> {
    const era = this.#era;
    await this.restore();
    return this.#token ?? this.#entering ?? this.#enter("anonymous", () => this.#anonymous(), era);
  }

  /** Somebody whom another provider vouches for. Not kept over a reload: the provider's token is the provider's to keep. */
  external(logins: Logins): Promise<Token> {
    return this.#replace(async () => {
      const { identities, rules, store, now } = this.sources;
      const identified = await identities.identify(store.identityId, logins);
      const bearer = new Bearer("external", () => identities.credentialsOf(identified.identityId, logins), rules);
      return { token: new Token(identified, bearer, now), keep: () => this.#unkept() };
    });
  }

  /** A user who signed in. `remember`: they stay so over a reload. */
  signedIn(tokens: UserTokens, remember: boolean): Promise<Token> {
    return this.#replace(() => this.#user(tokens, this.sources.store.identityId, remember));
  }

  /** Forgets whoever is there. */
  leave(reason: "signed-out" | "expired"): void {
    this.#unkept();
    this.#forget(reason);
  }

  /** Fetches new tokens and credentials now, so that a change of the user's groups takes effect. */
  async renew(): Promise<void> {
    const token = await this.settled();
    token?.bearer.session?.age();
    await token?.loadCredentials(undefined, true);
  }

  /** Does as another tab did: signs in or out. To be called when the browser's storage has changed. */
  follow(): void {
    if (this.#stored === this.#kept) return;
    if (this.#kept !== null) this.#forget("signed-out");
    this.#kept = this.#stored;
    this.#restoring = null;
    if (this.#kept !== null) void this.restore().catch(() => null);
  }

  async #restore(): Promise<Token | null> {
    const { store, pool, acting } = this.sources;
    const kept = store.user;
    if (!kept || !pool) return acting && this.#enter("restored", async () => this.#acting(acting));
    try {
      return await this.#enter("restored", async () => this.#user(await pool.refresh(kept.refreshToken), kept.identityId, true));
    } catch (error) {
      if (!isGone(error)) throw error;
      this.leave("expired");
      return null;
    }
  }

  async #anonymous(): Promise<Arrival> {
    const { identities, rules, store, now } = this.sources;
    const identified = await identities.identify(store.identityId, null);
    const bearer = new Bearer("anonymous", () => identities.credentialsOf(identified.identityId, null), rules);
    return { token: new Token(identified, bearer, now), keep: () => store.keepIdentity(identified.identityId) };
  }

  /** Somebody who signs nothing, and so has no credentials. */
  #acting(acting: ActingShape): Arrival {
    const credentials = { accessKeyId: "", secretKey: "", sessionToken: "", expiresAt: Infinity };
    const identified = { identityId: acting.identityId, credentials };
    const bearer = new Bearer("acting", () => Promise.resolve(identified), this.sources.rules, null, acting);
    return { token: new Token(identified, bearer, this.sources.now), keep: () => {} };
  }

  async #user(tokens: UserTokens, known: string | null, remember: boolean): Promise<Arrival> {
    const { identities, rules, store, now } = this.sources;
    const pool = this.sources.pool!;
    const session = new UserSession(tokens, pool, now);
    let identityId = known;
    const fetch = async (): Promise<Identified> => {
      const identified = await identities.identify(identityId, { [pool.loginName]: (await session.tokens()).idToken });
      identityId = identified.identityId;
      return identified;
    };
    const token = new Token(await fetch(), new Bearer("user", fetch, rules, session), now);
    const keep = () => {
      if (!remember) return this.#unkept();
      store.forgetIdentity(); // it is the user's now
      store.keepUser({ refreshToken: session.refreshToken, identityId: token.identityId });
      this.#kept = session.refreshToken;
    };
    let { role } = token.bearer;
    session.onRenewal(() => {
      if (this.#token !== token) return;
      keep();
      if (role !== this.role) this.#tell("renewed");
      role = this.role;
    });
    return { token, keep };
  }

  /** Lets somebody in instead of whoever is there; who was a user before leaves nothing behind. */
  async #replace(arrive: () => Promise<Arrival>): Promise<Token> {
    const era = this.#era;
    await this.settled().catch(() => null);
    const token = await this.#enter("signed-in", arrive, era);
    this.#restoring = Promise.resolve(token);
    return token;
  }

  async #enter(reason: ChangeReason, arrive: () => Promise<Arrival>, era = this.#era): Promise<Token> {
    const entering = (this.#entering = this.#arrived(reason, arrive, era));
    try {
      return await entering;
    } finally {
      if (this.#entering === entering) this.#entering = null;
    }
  }

  async #arrived(reason: ChangeReason, arrive: () => Promise<Arrival>, era: number): Promise<Token> {
    const { token, keep } = await arrive();
    if (era !== this.#era) throw new IdentityError("SignedOut", "somebody signed out while this sign-in was under way");
    keep();
    this.#token = token.registerTokenExpiredCallback(() => this.#token === token && this.leave("expired"));
    this.#tell(reason);
    return token;
  }

  /** Leaves nothing that would make the next page somebody. */
  #unkept(): void {
    this.sources.store.forgetIdentity();
    this.sources.store.forgetUser();
    this.#kept = null;
  }

  #forget(reason: ChangeReason): void {
    if (reason === "signed-out") this.#era++;
    this.#token = this.#entering = null;
    this.#restoring = Promise.resolve(null);
    this.#tell(reason);
  }

  #tell(reason: ChangeReason): void {
    const state = { user: this.#token?.bearer.user ?? null, role: this.role, reason };
    this.#listeners.forEach((listener) => listener(state));
  }

  get #stored(): string | null {
    return this.sources.store.user?.refreshToken ?? null;
  }
}

/** Somebody about to enter; `keep` writes down what outlives the page. */
interface Arrival {
  readonly token: Token;
  readonly keep: () => void;
}
