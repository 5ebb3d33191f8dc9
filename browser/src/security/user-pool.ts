// Amazon Cognito's user pool: accounts with a name and a password. One method an operation of its protocol, and the sign-in that takes two.

import { IdentityError } from "../errors.ts";
import type { UserPoolShape } from "../wire.ts";
import type { AmzJsonService } from "./amz-json.ts";
import { PasswordProof, type PasswordChallenge } from "./srp.ts";

/** What the user pool gives who signed in. All but the refresh token end within hours. */
export interface UserTokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Where a code was sent, such as `a***@e***`; null when none was. */
export interface CodeSent {
  readonly destination: string | null;
  readonly medium: "EMAIL" | "SMS" | null;
}

export interface SignedUp extends CodeSent {
  /** false: the account waits for its code. */
  readonly confirmed: boolean;
}

/** The user pool wants something more before it lets somebody in: a password of their own instead of the one they were given. */
export interface NewPasswordChallenge {
  readonly username: string;
  readonly session: string;
}

interface AuthAnswer {
  AuthenticationResult?: { IdToken: string; AccessToken: string; RefreshToken?: string };
  ChallengeName?: string;
  ChallengeParameters?: Record<string, string>;
  Session?: string;
}

interface DeliveryAnswer {
  UserConfirmed?: boolean;
  CodeDeliveryDetails?: { Destination?: string; DeliveryMedium?: "EMAIL" | "SMS" };
}

/** What a user pool needs of the browser. */
export interface Surroundings {
  now(): number;
  randomBytes(count: number): Uint8Array;
}

export class UserPool {
  constructor(
    private readonly shape: UserPoolShape,
    private readonly service: AmzJsonService,
    private readonly surroundings: Surroundings,
  ) {}

  /** The name this pool's tokens have among an identity's logins: its issuer without the scheme. */
  get loginName(): string {
    return this.shape.issuer.replace(/^https?:\/\//, "");
  }

  async signUp(username: string, password: string, attributes: Readonly<Record<string, string>>): Promise<SignedUp> {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    const answer = await this.#call<DeliveryAnswer>("SignUp", { Username: username, Password: password, UserAttributes });
    return { confirmed: answer.UserConfirmed ?? false, ...codeSent(answer) };
  }

  async confirmSignUp(username: string, code: string): Promise<void> {
    await this.#call("ConfirmSignUp", { Username: username, ConfirmationCode: code });
  }

  async resendCode(username: string): Promise<CodeSent> {
    return codeSent(await this.#call<DeliveryAnswer>("ResendConfirmationCode", { Username: username }));
  }

  async forgotPassword(username: string): Promise<CodeSent> {
    return codeSent(await this.#call<DeliveryAnswer>("ForgotPassword", { Username: username }));
  }

  async confirmForgotPassword(username: string, code: string, password: string): Promise<void> {
    await this.#call("ConfirmForgotPassword", { Username: username, ConfirmationCode: code, Password: password });
  }

  /** Proves the password by SRP. It is never sent. */
  async signIn(username: string, password: string): Promise<UserTokens | NewPasswordChallenge> {
    const proof = new PasswordProof(this.shape.id, this.surroundings.randomBytes(32));
    const asked = { AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME: username, SRP_A: proof.srpA } };
    const challenge = await this.#call<AuthAnswer>("InitiateAuth", asked);
    if (challenge.ChallengeName !== "PASSWORD_VERIFIER") throw unsupported(challenge);
    const parameters = challenge.ChallengeParameters as unknown as PasswordChallenge;
    return this.#respond("PASSWORD_VERIFIER", challenge.Session, proof.answer(parameters, password, this.surroundings.now()));
  }

  completeNewPassword({ username, session }: NewPasswordChallenge, password: string): Promise<UserTokens | NewPasswordChallenge> {
    return this.#respond("NEW_PASSWORD_REQUIRED", session, { USERNAME: username, NEW_PASSWORD: password });
  }

  /** New tokens for a refresh token, which stays the same unless the pool rotates it. */
  async refresh(refreshToken: string): Promise<UserTokens> {
    const asked = { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: refreshToken } };
    const answer = await this.#call<AuthAnswer>("InitiateAuth", asked);
    return tokens(answer, refreshToken) ?? fail(unsupported(answer));
  }

  async changePassword(accessToken: string, password: string, newPassword: string): Promise<void> {
    await this.service.call("ChangePassword", { AccessToken: accessToken, PreviousPassword: password, ProposedPassword: newPassword });
  }

  /** Ends every session of the user, in all browsers. */
  async globalSignOut(accessToken: string): Promise<void> {
    await this.service.call("GlobalSignOut", { AccessToken: accessToken });
  }

  /** Ends one session: the refresh token, and what was made with it, is good for nothing after. */
  async revoke(refreshToken: string): Promise<void> {
    await this.#call("RevokeToken", { Token: refreshToken });
  }

  async #respond(name: string, session: string | undefined, responses: Record<string, string>): Promise<UserTokens | NewPasswordChallenge> {
    const asked = { ChallengeName: name, ChallengeResponses: responses, ...(session === undefined ? {} : { Session: session }) };
    const answer = await this.#call<AuthAnswer>("RespondToAuthChallenge", asked);
    if (answer.ChallengeName === "NEW_PASSWORD_REQUIRED") {
      return { username: answer.ChallengeParameters?.["USER_ID_FOR_SRP"] ?? responses["USERNAME"]!, session: answer.Session ?? "" };
    }
    return tokens(answer, null) ?? fail(unsupported(answer));
  }

  #call<Answer>(operation: string, input: object): Promise<Answer> {
    return this.service.call<Answer>(operation, { ClientId: this.shape.clientId, ...input });
  }
}

/** null where the answer is no tokens; `kept` is the refresh token to go on with when the answer holds none. */
function tokens(answer: AuthAnswer, kept: string | null): UserTokens | null {
  const given = answer.AuthenticationResult;
  return given ? { idToken: given.IdToken, accessToken: given.AccessToken, refreshToken: given.RefreshToken ?? kept ?? "" } : null;
}

function codeSent({ CodeDeliveryDetails: details }: DeliveryAnswer): CodeSent {
  return { destination: details?.Destination ?? null, medium: details?.DeliveryMedium ?? null };
}

function unsupported({ ChallengeName }: AuthAnswer): IdentityError {
  return new IdentityError("UnsupportedChallenge", `this library cannot answer the sign-in challenge ${ChallengeName ?? "that came without a name"}`, 501);
}

function fail(error: Error): never {
  throw error;
}
