// Cognito's two services in memory: accounts, codes, tokens that end, identities and whose they are.

import assert from "node:assert/strict";

import type { FrontendConfig } from "../src/wire.ts";
import { SALT, SECRET_BLOCK, SrpServer } from "./srp-server.ts";
import { config, json, type Asked, type World } from "./world.ts";

export const HOUR_MS = 3_600_000;
export const CODE = "123456";

export const WITH_USERS: Partial<FrontendConfig> = {
  userPool: { id: "us-east-1_AbCd", clientId: "client-1", endpoint: "/_/cognito-idp", issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCd" },
  identityProviders: { "accounts.google.com": "google-client", "ada.eu.auth0.com": "auth0-client" },
  roles: ["unauthenticated", "authenticated", "Editors", "Readers"],
  acl: {
    unauthenticated: ["deep.todo:task:retrieve"],
    authenticated: ["deep.todo:task:create", "deep.todo:task:retrieve"],
    Readers: ["deep.todo:task:create", "deep.todo:task:retrieve"],
    Editors: ["deep.todo:task:create", "deep.todo:task:remove", "deep.todo:task:retrieve"],
  },
};

export const usersConfig = (): FrontendConfig => config(WITH_USERS);

interface Account {
  password: string;
  email: string;
  confirmed: boolean;
  groups: string[];
  mustChange?: boolean;
}

type Input = Record<string, unknown>;

class Refusal extends Error {
  constructor(readonly type: string, message: string) {
    super(message);
  }
}

const LOGIN = "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCd";

export class UserService {
  readonly accounts = new Map<string, Account>();
  /** Whose each identity is: a login and its subject, or null for an anonymous one. */
  readonly identities = new Map<string, string | null>();
  readonly refreshTokens = new Map<string, string>();
  readonly operations: string[] = [];
  readonly passwordsSeen: string[] = [];
  isReachable = true;
  private srp: { server: SrpServer; srpA: string } | null = null;
  private made = 0;

  constructor(private readonly world: World) {
    world.answer = (asked) => this.answer(asked);
  }

  account(username: string, changes: Partial<Account> = {}): void {
    this.accounts.set(username, { password: "Secret-1", email: `${username}@example.com`, confirmed: true, groups: [], ...changes });
  }

  answer({ url, headers, body }: Asked): Response {
    if (!this.isReachable) throw new TypeError("Failed to fetch");
    const operation = headers["x-amz-target"]?.split(".")[1];
    if (!operation) return json({ as: headers["x-amz-security-token"] ?? null });
    this.operations.push(operation);
    assert.equal(url, `http://localhost:8000/_/${headers["x-amz-target"]!.startsWith("AWSCognitoIdentityService") ? "cognito-identity" : "cognito-idp"}`);
    this.passwordsSeen.push(...[...JSON.stringify(body).matchAll(/Secret-\d/g)].map(([found]) => `${operation} ${found}`));
    try {
      return json(this.#operations[operation]!(body as Input));
    } catch (error) {
      if (error instanceof Refusal) return json({ __type: error.type, message: error.message }, 400);
      throw error;
    }
  }

  readonly #operations: Record<string, (input: Input) => object> = {
    GetId: ({ Logins }) => {
      const owner = this.#owner(Logins);
      const known = owner === null ? undefined : [...this.identities].find(([, whose]) => whose === owner)?.[0];
      const IdentityId = known ?? `us-east-1:${this.identities.size + 1}`;
      this.identities.set(IdentityId, owner);
      return { IdentityId };
    },
    GetCredentialsForIdentity: ({ IdentityId, Logins }) => {
      const id = String(IdentityId);
      const owner = this.#owner(Logins);
      if (!this.identities.has(id)) throw new Refusal("ResourceNotFoundException", `Identity '${id}' not found.`);
      const whose = this.identities.get(id)!;
      const other = [...this.identities].find(([known, by]) => owner !== null && by === owner && known !== id);
      if (whose !== null && whose !== owner) throw new Refusal("NotAuthorizedException", "Logins don't match. Please include at least one valid login for this identity.");
      if (other) throw new Refusal("ResourceConflictException", "Login is already used by another identity.");
      this.identities.set(id, owner);
      const Expiration = (this.world.time + HOUR_MS) / 1000;
      return { IdentityId: id, Credentials: { AccessKeyId: "a", SecretKey: "s", SessionToken: `${id} as ${owner ?? "nobody"} ${++this.made}`, Expiration } };
    },
    SignUp: ({ Username, Password, UserAttributes }) => {
      const username = String(Username);
      if (this.accounts.has(username)) throw new Refusal("UsernameExistsException", "User already exists");
      const email = (UserAttributes as { Name: string; Value: string }[]).find(({ Name }) => Name === "email")?.Value ?? "";
      this.account(username, { password: String(Password), email, confirmed: false });
      return { UserConfirmed: false, UserSub: "sub", CodeDeliveryDetails: { Destination: "a***@e***", DeliveryMedium: "EMAIL", AttributeName: "email" } };
    },
    ConfirmSignUp: ({ Username, ConfirmationCode }) => {
      this.#check(ConfirmationCode);
      this.accounts.get(String(Username))!.confirmed = true;
      return {};
    },
    ResendConfirmationCode: () => ({ CodeDeliveryDetails: { Destination: "a***@e***", DeliveryMedium: "EMAIL" } }),
    ForgotPassword: () => ({ CodeDeliveryDetails: { Destination: "a***@e***", DeliveryMedium: "EMAIL" } }),
    ConfirmForgotPassword: ({ Username, ConfirmationCode, Password }) => {
      this.#check(ConfirmationCode);
      this.accounts.get(String(Username))!.password = String(Password);
      return {};
    },
    InitiateAuth: ({ ClientId, AuthFlow, AuthParameters }) => {
      assert.equal(ClientId, "client-1");
      const given = AuthParameters as Record<string, string>;
      if (AuthFlow === "REFRESH_TOKEN_AUTH") return this.#tokens(this.#bearerOf(given["REFRESH_TOKEN"]!), false);
      const account = this.accounts.get(given["USERNAME"]!);
      if (!account) throw new Refusal("NotAuthorizedException", "Incorrect username or password.");
      this.srp = { server: new SrpServer("AbCd", given["USERNAME"]!, account.password), srpA: given["SRP_A"]! };
      const ChallengeParameters = { SALT, SECRET_BLOCK, SRP_B: this.srp.server.srpB, USER_ID_FOR_SRP: given["USERNAME"], USERNAME: given["USERNAME"] };
      return { ChallengeName: "PASSWORD_VERIFIER", ChallengeParameters };
    },
    RespondToAuthChallenge: ({ ChallengeName, ChallengeResponses, Session }) => {
      const given = ChallengeResponses as Record<string, string>;
      const account = this.accounts.get(given["USERNAME"]!)!;
      if (ChallengeName === "NEW_PASSWORD_REQUIRED") {
        assert.equal(Session, "session-1");
        Object.assign(account, { password: given["NEW_PASSWORD"], mustChange: false });
        return this.#tokens(given["USERNAME"]!, true);
      }
      if (!this.srp!.server.accepts(this.srp!.srpA, given)) throw new Refusal("NotAuthorizedException", "Incorrect username or password.");
      if (!account.confirmed) throw new Refusal("UserNotConfirmedException", "User is not confirmed.");
      if (!account.mustChange) return this.#tokens(given["USERNAME"]!, true);
      return { ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "session-1", ChallengeParameters: { USER_ID_FOR_SRP: given["USERNAME"], requiredAttributes: "[]" } };
    },
    ChangePassword: ({ AccessToken, PreviousPassword, ProposedPassword }) => {
      const account = this.accounts.get(this.#bearerOf(String(AccessToken).replace(/^access:/, "")))!;
      if (account.password !== PreviousPassword) throw new Refusal("NotAuthorizedException", "Incorrect username or password.");
      account.password = String(ProposedPassword);
      return {};
    },
    GlobalSignOut: () => (this.refreshTokens.clear(), {}),
    RevokeToken: ({ Token }) => (this.refreshTokens.delete(String(Token)), {}),
  };

  #check(code: unknown): void {
    if (code !== CODE) throw new Refusal("CodeMismatchException", "Invalid verification code provided, please try again.");
  }

  #bearerOf(refreshToken: string): string {
    const username = this.refreshTokens.get(refreshToken);
    if (username === undefined) throw new Refusal("NotAuthorizedException", "Refresh Token has been revoked");
    return username;
  }

  #tokens(username: string, isNew: boolean): object {
    const { email, groups } = this.accounts.get(username)!;
    const now = this.world.time / 1000;
    const claims = { sub: `sub-${username}`, "cognito:username": username, email, "cognito:groups": groups, iat: now, exp: now + 3600 };
    const refreshToken = isNew ? `refresh-${++this.made}` : [...this.refreshTokens].find(([, whose]) => whose === username)![0];
    this.refreshTokens.set(refreshToken, username);
    const AuthenticationResult = { IdToken: `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`, AccessToken: `access:${refreshToken}` };
    return { AuthenticationResult: isNew ? { ...AuthenticationResult, RefreshToken: refreshToken } : AuthenticationResult };
  }

  #owner(logins: unknown): string | null {
    const [login] = Object.entries((logins ?? {}) as Record<string, string>);
    if (!login) return null;
    if (login[0] !== LOGIN) return login.join(" ");
    const { exp, sub } = JSON.parse(Buffer.from(login[1].split(".")[1]!, "base64url").toString()) as { exp: number; sub: string };
    if (exp * 1000 <= this.world.time) throw new Refusal("NotAuthorizedException", "Invalid login token. Token expired");
    return sub;
  }
}
