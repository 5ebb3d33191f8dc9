import { tellBoth } from "../callback.ts";
import { asError, IdentityError } from "../errors.ts";
import type { CognitoIdentity, Credentials } from "./cognito.ts";
import type { SessionStore } from "./session.ts";
import { Token } from "./token.ts";

/** `cb(token)`, as the original calls it; on failure the token is null and the error follows. */
export type LoginCallback = (token: Token | null, error?: Error) => void;

/** What the identity service says of an identity it no longer has. */
const GONE = new Set(["ResourceNotFoundException", "NotAuthorizedException", "InvalidParameterException"]);

/** Who uses the page, and the credentials to call the backend as that. */
export class Security {
  #token: Token | null = null;
  #login: Promise<Token> | null = null;

  constructor(
    readonly identityPoolId: string,
    private readonly cognito: CognitoIdentity,
    private readonly session: SessionStore,
    private readonly now: () => number,
  ) {}

  /** The token of the one who is logged in, or null. */
  get token(): Token | null {
    return this.#token;
  }

  /** Logs in without a name. A browser stays the same identity over reloads, for each app. Fails with IdentityError. */
  anonymousLogin(callback?: LoginCallback): Promise<Token> {
    this.#login ??= this.#anonymousLogin();
    return tellBoth(this.#login, callback && ((error, token) => callback(token ?? null, error ?? undefined)));
  }

  /** Forgets the identity; the next login is a new one. */
  logout(): void {
    this.#token = this.#login = null;
    this.session.forget();
  }

  /** The token, once a login under way has ended either way. */
  async settled(): Promise<Token | null> {
    await this.#login?.catch(() => null);
    return this.#token;
  }

  /** The credentials to call the backend with; null when nobody is logged in. */
  async credentials(renew = false): Promise<Credentials | null> {
    const token = await this.settled();
    return token ? token.loadCredentials(undefined, renew) : null;
  }

  async #anonymousLogin(): Promise<Token> {
    try {
      return (this.#token = (await this.#keptIdentity()) ?? (await this.#newIdentity()));
    } catch (error) {
      this.#login = null; // so that the next call tries again
      throw asError(error);
    }
  }

  async #keptIdentity(): Promise<Token | null> {
    const identityId = this.session.identityId;
    if (identityId === null) return null;
    try {
      return await this.#ready(identityId);
    } catch (error) {
      if (!(error instanceof IdentityError && GONE.has(error.type))) throw error;
      this.session.forget();
      return null;
    }
  }

  async #newIdentity(): Promise<Token> {
    const token = await this.#ready(await this.cognito.newIdentity(this.identityPoolId));
    this.session.keep(token.identityId);
    return token;
  }

  async #ready(identityId: string): Promise<Token> {
    const token = new Token(identityId, (id) => this.cognito.credentialsOf(id), this.now);
    await token.loadCredentials();
    return token;
  }
}
