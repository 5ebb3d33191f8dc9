"""Who acts: a person or a visitor, in the one role that decides what is allowed."""

from __future__ import annotations

from deep.frozen import dataclass
from deep.wire.config import ActingShape

UNAUTHENTICATED = "unauthenticated"
AUTHENTICATED = "authenticated"


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity and the role it acts in. A user acts in one role at a time, as Cognito's identity pools give one role's credentials.

    `identity_id` is the Cognito identity (`us-east-1:<uuid>`) that owns items. `user_id` is the user's `sub`, `username` the name in our own user
    pool (None for users of another provider), `login` the provider as a `Logins` key has it, without scheme; visitors have none of the three.
    """

    role: str
    identity_id: str
    username: str | None = None
    user_id: str | None = None
    groups: tuple[str, ...] = ()
    login: str | None = None

    @property
    def shape(self) -> ActingShape:
        """As a page is told of whom it acts as."""
        return {"identityId": self.identity_id, "role": self.role, "username": self.username or self.role, "groups": list(self.groups)}

    def authentication(self, account_id: str) -> list[str]:
        """Cognito's `amr`: how the identity was proved. Source: AWS, "Role trust and permissions" of Cognito identity pools."""
        if self.login is None:
            return [UNAUTHENTICATED]
        if self.username is not None:
            return [AUTHENTICATED, self.login, f"{self.login}:CognitoSignIn:{self.user_id}"]
        return [AUTHENTICATED, self.login, f"arn:aws:iam::{account_id}:oidc-provider/{self.login}:OIDC:{self.user_id}"]
