import { tellBoth, type NodeCallback } from "../callback.ts";
import { IdentityError } from "../errors.ts";
import { isAllowed, type Rules } from "./acl.ts";
import type { CurrentUser } from "./bearer.ts";
import type { Credentials } from "./cognito.ts";
import { providerNamed, tokenIn, type ProviderToken } from "./providers.ts";
import type { SecurityState, Sessions } from "./sessions.ts";
import type { Token } from "./token.ts";
import type { CodeSent, NewPasswordChallenge, SignedUp, UserPool, UserTokens } from "./user-pool.ts";

/** `cb(token)`, as the original calls it; on failure the token is null and the error follows. */
export type LoginCallback = (token: Token | null, error?: Error) => void;

/** How a sign-in went: `user` is in, or the pool wants a password of their own first (`completeNewPassword`). */
export type SignIn = { readonly user: CurrentUser; readonly challenge: null } | { readonly user: null; readonly challenge: "NEW_PASSWORD_REQUIRED" };

export interface SignInOptions {
  /** Whether the user stays signed in over a reload of the page; true unless said otherwise. */
  readonly remember?: boolean;
}

/** Who uses the page, what they may do, and the credentials to call the backend as that. */
export class Security {
  #challenge: { readonly asked: NewPasswordChallenge; readonly remember: boolean } | null = null;

  constructor(
    readonly identityPoolId: string,
    /** Whom the app trusts to say who somebody is: client ids by the provider's domain. */
    readonly identityProviders: Readonly<Record<string, string>>,
    private readonly sessions: Sessions,
    private readonly userPool: UserPool | null,
    private readonly rules: Rules,
  ) {}

  /** The token of the one who is logged in, or null. */
  get token(): Token | null {
    return this.sessions.token;
  }

  /** Who signed in; null for visitors without a name. After a reload it is known once `restore` has ended. */
  get currentUser(): CurrentUser | null {
    return this.token?.getUser() ?? null;
  }

  /** The role that requests are made in: `unauthenticated`, `authenticated`, or the user's group that comes first. */
  get role(): string {
    return this.sessions.role;
  }

  /**
   * Whether the page's user may call an action: `deep.todo:task:create`, or all of a pattern such as `deep.todo:task:*`. To show or hide a button by;
   * the backend decides for itself.
   */
  isAllowed(scope: string): boolean {
    return isAllowed(scope, this.role, this.rules);
  }

  /** Calls back whenever somebody signs in or out, here or in another tab, or acts in another role. Answers a function that ends it. */
  onChange(callback: (state: SecurityState) => void): () => void {
    return this.sessions.onChange(callback);
  }

  /** Signs in again who was signed in before the page was reloaded; null when nobody was. */
  restore(callback?: NodeCallback<Token | null>): Promise<Token | null> {
    return tellBoth(this.sessions.restore(), callback);
  }

  /** Logs in without a name. A browser stays the same identity over reloads, for each app; a user who is signed in stays that user. */
  anonymousLogin(callback?: LoginCallback): Promise<Token> {
    return toldToken(this.sessions.anonymous(), callback);
  }

  /**
   * Logs in with what another provider gave: `provider` is its domain in `identityProviders`, or `google`, `facebook`, `amazon`, `auth0`;
   * `identity` its token, or an object that holds it (`id_token`, `access_token`). Fails with IdentityError.
   */
  login(provider: string, identity: ProviderToken, callback?: LoginCallback): Promise<Token> {
    const login = async () => this.sessions.external({ [providerNamed(provider, this.identityProviders)]: tokenIn(identity) });
    return toldToken(login(), callback);
  }

  /** Makes an account. Unless `confirmed`, it waits for the code that was sent (`confirmSignUp`). `attributes` such as `{ email }`. */
  signUp(username: string, password: string, attributes: Readonly<Record<string, string>> = {}, callback?: NodeCallback<SignedUp>): Promise<SignedUp> {
    return this.#asked((pool) => pool.signUp(username, password, attributes), callback);
  }

  confirmSignUp(username: string, code: string, callback?: NodeCallback<void>): Promise<void> {
    return this.#asked((pool) => pool.confirmSignUp(username, code), callback);
  }

  resendCode(username: string, callback?: NodeCallback<CodeSent>): Promise<CodeSent> {
    return this.#asked((pool) => pool.resendCode(username), callback);
  }

  /** Signs in by name and password. The password does not leave the browser: it is proved, not sent. Fails with IdentityError. */
  signIn(username: string, password: string, { remember = true }: SignInOptions = {}, callback?: NodeCallback<SignIn>): Promise<SignIn> {
    return this.#asked(async (pool) => this.#answered(await pool.signIn(username, password), remember), callback);
  }

  /** Gives an account that somebody else made the user's own password, after `signIn` answered that challenge. */
  completeNewPassword(newPassword: string, callback?: NodeCallback<SignIn>): Promise<SignIn> {
    return this.#asked(async (pool) => {
      if (!this.#challenge) throw new IdentityError("NoChallenge", "no sign-in waits for a new password", 400);
      const { asked, remember } = this.#challenge;
      return this.#answered(await pool.completeNewPassword(asked, newPassword), remember);
    }, callback);
  }

  /** Sends a code to who forgot their password, for `confirmForgotPassword`. */
  forgotPassword(username: string, callback?: NodeCallback<CodeSent>): Promise<CodeSent> {
    return this.#asked((pool) => pool.forgotPassword(username), callback);
  }

  confirmForgotPassword(username: string, code: string, newPassword: string, callback?: NodeCallback<void>): Promise<void> {
    return this.#asked((pool) => pool.confirmForgotPassword(username, code, newPassword), callback);
  }

  changePassword(password: string, newPassword: string, callback?: NodeCallback<void>): Promise<void> {
    return this.#asked(async (pool) => pool.changePassword(await this.#accessToken(), password, newPassword), callback);
  }

  /** Ends this browser's session, at the user pool too. The next visitor is a new identity. */
  signOut(callback?: NodeCallback<void>): Promise<void> {
    return tellBoth(this.#signOut(), callback);
  }

  /** Ends all sessions of the user, in every browser. */
  globalSignOut(callback?: NodeCallback<void>): Promise<void> {
    const everywhere = async (pool: UserPool) => {
      await pool.globalSignOut(await this.#accessToken());
      this.sessions.leave("signed-out");
    };
    return this.#asked(everywhere, callback);
  }

  /** `signOut` that nobody waits for, as the original has it. */
  logout(): void {
    void this.#signOut();
  }

  /** Fetches new tokens now, so that a change of the user's groups takes effect at once. */
  renew(callback?: NodeCallback<void>): Promise<void> {
    return tellBoth(this.sessions.renew(), callback);
  }

  /** The token, once what is under way has ended either way. */
  settled(): Promise<Token | null> {
    return this.sessions.settled().catch(() => null);
  }

  /** The credentials to call the backend with; null when nobody is logged in, or acts unsigned in development. `refused`: a session token that a service would not have. */
  async credentials(refused: string | null = null): Promise<Credentials | null> {
    const token = await this.sessions.settled();
    if (token?.bearer.kind === "acting") return null;
    return (refused === null ? token?.loadCredentials() : token?.insteadOf(refused)) ?? null;
  }

  #asked<Answer>(ask: (pool: UserPool) => Promise<Answer>, callback?: NodeCallback<Answer>): Promise<Answer> {
    const pool = this.userPool;
    const nobody = new IdentityError("NoUserPool", "this app has no users of its own: its configuration names no user pool", 501);
    return tellBoth(pool ? ask(pool) : Promise.reject(nobody), callback);
  }

  async #answered(answer: UserTokens | NewPasswordChallenge, remember: boolean): Promise<SignIn> {
    this.#challenge = "idToken" in answer ? null : { asked: answer, remember };
    if (!("idToken" in answer)) return { user: null, challenge: "NEW_PASSWORD_REQUIRED" };
    const token = await this.sessions.signedIn(answer, remember);
    return { user: token.getUser()!, challenge: null };
  }

  async #accessToken(): Promise<string> {
    const token = await this.sessions.settled();
    if (!token) throw new IdentityError("NotSignedIn", "nobody is signed in", 401);
    return (await token.userTokens()).accessToken;
  }

  /** The session is over here whatever the user pool answers, which may not be reachable. */
  async #signOut(): Promise<void> {
    const refreshToken = this.token?.bearer.session?.refreshToken;
    this.sessions.leave("signed-out");
    if (refreshToken !== undefined) await this.userPool?.revoke(refreshToken).catch(() => null);
  }
}

function toldToken(promise: Promise<Token>, callback?: LoginCallback): Promise<Token> {
  return tellBoth(promise, callback && ((error, token) => callback(token ?? null, error ?? undefined)));
}
