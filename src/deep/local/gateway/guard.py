"""Lets callers through to an action or turns them away, as the deployed API does: by signature, then by the rule.

The rule is `security.guard`'s, compiled from the app's roles; here it is only asked. In development a refusal also says why, and what to write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deep.frozen import dataclass
from deep.local.gateway.routes import Route
from deep.local.http.reply import Reply, json_reply
from deep.local.http.request import HttpRequest
from deep.local.identity.caller import UNIDENTIFIED, Caller, caller_of
from deep.local.identity.principal import Principal
from deep.local.identity.signature import SignatureRefused, Signed, verify
from deep.local.identity.vault import IdentityBearer, Vault
from deep.security.explain import Explanation

API = "execute-api"
DIRECT = "lambda"
_MOST_KNOWN = 1000
_UNSIGNED = Explanation(
    False,
    "the request is not signed, and the action wants to know who calls",
    "call it from the app's pages, which sign, or start the server with --act-as unauthenticated to let unsigned requests in as visitors",
)


def to_nobody(role: str, action: str) -> None:
    """Where nobody wants to hear who was let in."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an app decides: the roles that each action lets in, a way to have a refusal explained, and who hears of those let in (role, action)."""

    roles: Mapping[str, frozenset[str]]
    explain: Callable[[str, str], Explanation]
    noted: Callable[[str, str], None] = to_nobody


@dataclass(frozen=True, slots=True)
class Realm:
    """Whose credentials count: `act_as` is who sends unsigned requests in development, None when nobody may."""

    vault: Vault
    pool_id: str
    account_id: str
    region: str
    act_as: Principal | None = None


class Refused(Exception):
    """Turned away; `reply` is the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Guard:
    """Decides about one state of the app."""

    def __init__(self, rules: Rules, realm: Realm, *, development: bool) -> None:
        self._rules = rules
        self._realm = realm
        self._development = development
        self._callers: dict[Principal, Caller] = {}

    def admit(self, route: Route, request: HttpRequest, service: str = API) -> Caller:
        """Who calls the route's action. `service` is what the request must be signed for. Raises Refused."""
        if not route.signed:
            return UNIDENTIFIED
        principal = self._principal(request, service)
        if principal.role not in self._rules.roles.get(route.identifier, ()):
            raise self._forbidden(self._rules.explain(principal.role, route.identifier))
        self._rules.noted(principal.role, route.identifier)
        return self._caller(principal)

    def _principal(self, request: HttpRequest, service: str) -> Principal:
        realm = self._realm
        unsigned = "authorization" not in request.headers and b"X-Amz-Signature" not in request.query
        if unsigned and "x-amz-security-token" not in request.headers:
            if realm.act_as is None:
                raise self._forbidden(_UNSIGNED)
            return realm.act_as
        try:
            bearer = verify(Signed.of(request), realm.vault, service=service, region=realm.region)
        except SignatureRefused as error:
            raise Refused(json_reply(403, {"message": error.message})) from None
        if not isinstance(bearer, IdentityBearer):
            raise self._forbidden(Explanation(False, "functions call each other by Lambda's Invoke, not by the API", None))
        return bearer.principal

    def _caller(self, principal: Principal) -> Caller:
        known = self._callers.get(principal)
        if known is None:
            if len(self._callers) >= _MOST_KNOWN:
                self._callers.clear()
            known = self._callers[principal] = caller_of(principal, self._realm.pool_id, self._realm.account_id)
        return known

    def _forbidden(self, why: Explanation) -> Refused:
        told = {"message": "Forbidden"}
        if self._development:
            told |= {"reason": why.reason} | ({"help": why.help} if why.help else {})
        return Refused(json_reply(403, told))
