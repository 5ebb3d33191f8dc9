"""Signing in, staying so and leaving: `InitiateAuth`, `RespondToAuthChallenge`, `RevokeToken`. A password is proved by SRP, or sent."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import threading
from collections import OrderedDict
from typing import Any

from deep.frozen import dataclass
from deep.local.identity.aws_json import Asked, Declined, Operation
from deep.local.identity.pool.parts import LONGEST_NAME, Parts
from deep.local.identity.pool.passwords import Proof, stranger_proof
from deep.local.identity.pool.srp import Exchange, public_number
from deep.local.identity.pool.users import CONFIRMED, FORCE_CHANGE_PASSWORD, UNCONFIRMED, User, key_of

CHALLENGE_LIFETIME_S = 180.0
_MOST_CHALLENGES = 10_000
_WRONG = Declined("NotAuthorizedException", "Incorrect username or password.")


@dataclass(frozen=True, slots=True)
class _Challenge:
    """A sign-in between two requests. `exchange` is there while the password has yet to be proved."""

    username: str
    expires: float
    exchange: Exchange | None = None


class Challenges:
    """Sign-ins under way, each good for one answer. In memory: who is in the middle of one when the platform stops begins again."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, _Challenge] = OrderedDict()
        self._lock = threading.Lock()
        self.secret = secrets.token_bytes(32)
        """What the answers to unknown names are drawn from."""

    def begin(self, challenge: _Challenge) -> str:
        """Keeps a challenge; answers the word it is found by."""
        word = base64.b64encode(secrets.token_bytes(48)).decode()
        with self._lock:
            self._open[word] = challenge
            while len(self._open) > _MOST_CHALLENGES:
                self._open.popitem(last=False)
        return word

    def take(self, word: str, username: str, now: float) -> _Challenge | None:
        """The challenge of that word, if it is that user's and still good. It is gone then."""
        with self._lock:
            found = self._open.pop(word, None)
        return found if found and found.expires > now and key_of(found.username) == key_of(username) else None


class SignIn:
    """The operations around tokens."""

    def __init__(self, parts: Parts, challenges: Challenges) -> None:
        self._parts = parts
        self._challenges = challenges

    def operations(self) -> dict[str, Operation]:
        return {"InitiateAuth": self.initiate_auth, "RespondToAuthChallenge": self.respond, "RevokeToken": self.revoke_token}

    def initiate_auth(self, asked: Asked) -> dict[str, Any]:
        self._parts.check_client(asked)
        given = asked.within("AuthParameters")
        match asked.text("AuthFlow"):
            case "USER_SRP_AUTH":
                return self._begin_srp(given)
            case "USER_PASSWORD_AUTH":
                return self._by_password(given)
            case "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN":
                return self._refresh(given)
            case other:
                raise Declined("InvalidParameterException", f"Initiate Auth method not supported: {other[:50]}")

    def respond(self, asked: Asked) -> dict[str, Any]:
        self._parts.check_client(asked)
        given = asked.within("ChallengeResponses")
        match asked.text("ChallengeName"):
            case "PASSWORD_VERIFIER":
                return self._prove(given)
            case "NEW_PASSWORD_REQUIRED":
                return self._new_password(given, asked.text("Session"))
            case other:
                raise Declined("InvalidParameterException", f"Challenge not supported: {other[:50]}")

    def revoke_token(self, asked: Asked) -> dict[str, Any]:
        self._parts.check_client(asked)
        self._parts.sessions.end(asked.text("Token"))
        return {}

    def _begin_srp(self, given: Asked) -> dict[str, Any]:
        username = given.text("USERNAME", LONGEST_NAME)
        user, proof = self._proof_of(username)
        try:
            exchange = Exchange.begin(proof.number, public_number(given.text("SRP_A")))
        except ValueError as error:
            raise Declined("InvalidParameterException", str(error)) from None
        name = user.username if user else username
        challenge = _Challenge(name, self._now() + CHALLENGE_LIFETIME_S, exchange)
        parameters = {
            "SALT": proof.salt,
            "SECRET_BLOCK": self._challenges.begin(challenge),
            "SRP_B": f"{exchange.public:x}",
            "USERNAME": name,
            "USER_ID_FOR_SRP": name,
        }
        return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}

    def _prove(self, given: Asked) -> dict[str, Any]:
        username, block = given.text("USERNAME", LONGEST_NAME), given.text("PASSWORD_CLAIM_SECRET_BLOCK")
        claimed, timestamp = given.text("PASSWORD_CLAIM_SIGNATURE"), given.text("TIMESTAMP", 64)
        self._parts.attempts.guess_password(username)
        challenge = self._challenges.take(block, username, self._now())
        if challenge is None or challenge.exchange is None:
            raise _WRONG
        message = f"{self._parts.settings.name}{challenge.username}".encode() + _decoded(block) + timestamp.encode()
        return self._let_in(username, is_proved=challenge.exchange.proves(message, claimed))

    def _by_password(self, given: Asked) -> dict[str, Any]:
        username, password = given.text("USERNAME", LONGEST_NAME), given.text("PASSWORD")
        self._parts.attempts.guess_password(username)
        user, proof = self._proof_of(username)
        return self._let_in(username, is_proved=proof.fits(self._parts.settings.name, user.username if user else username, password))

    def _let_in(self, username: str, *, is_proved: bool) -> dict[str, Any]:
        """What follows a password: tokens, another challenge, or a refusal."""
        user = self._parts.users.find(username)
        if user is None or not is_proved:
            raise _WRONG
        self._parts.attempts.password_proved(username)
        if not user.enabled:
            raise Declined("NotAuthorizedException", "User is disabled.")
        match user.status:
            case "UNCONFIRMED":
                raise Declined("UserNotConfirmedException", "User is not confirmed.")
            case "FORCE_CHANGE_PASSWORD":
                return self._ask_new_password(user)
            case _:
                return self._tokens(user)

    def _ask_new_password(self, user: User) -> dict[str, Any]:
        session = self._challenges.begin(_Challenge(user.username, self._now() + CHALLENGE_LIFETIME_S))
        attributes = json.dumps(dict(user.attributes))
        parameters = {"USER_ID_FOR_SRP": user.username, "requiredAttributes": "[]", "userAttributes": attributes}
        return {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session, "ChallengeParameters": parameters}

    def _new_password(self, given: Asked, session: str) -> dict[str, Any]:
        username = given.text("USERNAME", LONGEST_NAME)
        user = self._parts.users.find(username)
        if user is None:
            raise Declined("NotAuthorizedException", "Invalid session for the user.")
        proof = self._parts.proof(user.username, given.text("NEW_PASSWORD"))
        challenge = self._challenges.take(session, username, self._now())
        if challenge is None or challenge.exchange is not None or not user.enabled or user.status != FORCE_CHANGE_PASSWORD:
            raise Declined("NotAuthorizedException", "Invalid session for the user.")
        return self._tokens(self._parts.change(user, status=CONFIRMED, proof=proof))

    def _refresh(self, given: Asked) -> dict[str, Any]:
        token, username = given.text("REFRESH_TOKEN"), given.text_or_none("USERNAME")
        session = self._parts.sessions.find(token)
        user = self._parts.users.find(session.key) if session else None
        if session is None or user is None or (username is not None and key_of(username) not in (user.key, user.sub)):
            raise Declined("NotAuthorizedException", "Invalid Refresh Token")
        if not user.enabled or user.status == UNCONFIRMED:
            raise Declined("NotAuthorizedException", "User is disabled.")
        return {"AuthenticationResult": self._parts.tokens.issue(user, session), "ChallengeParameters": {}}

    def _tokens(self, user: User) -> dict[str, Any]:
        session, refresh_token = self._parts.sessions.begin(user)
        return {"AuthenticationResult": self._parts.tokens.issue(user, session, refresh_token), "ChallengeParameters": {}}

    def _proof_of(self, username: str) -> tuple[User | None, Proof]:
        """The user and what proves their password; for a name nobody has, something that nothing proves."""
        user = self._parts.users.find(username)
        return user, user.proof if user else stranger_proof(self._challenges.secret, key_of(username))

    def _now(self) -> float:
        return self._parts.keep.world.clock()


def _decoded(block: str) -> bytes:
    try:
        return base64.b64decode(block, validate=True)
    except (binascii.Error, ValueError):
        return b""
