"""A call that was found to be signed by one of ours, on its way to the service it names."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from deep.frozen import dataclass
from deep.local.door.advice import Denial
from deep.local.door.policies import Policies, Worker
from deep.local.door.wording import Refused, denial_words, denied, family_of
from deep.local.http.request import HttpRequest
from deep.security.evaluate import Access


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls which service with what, and the policies that decide. `on_denial` is told of what was not allowed."""

    asked: HttpRequest
    worker: Worker
    service: str
    policies: Policies
    on_denial: Callable[[Denial, Policies], None]

    @property
    def operation(self) -> str:
        """Of AWS JSON services: `GetParameter` of `AmazonSSM.GetParameter`."""
        return self.asked.headers.get("x-amz-target", "").rpartition(".")[2]

    def need(self, action: str, resource: str) -> None:
        """Raises Refused, in AWS's words, unless the caller's policy allows `action` on `resource`."""
        access = Access(action, resource)
        evaluation = self.policies.decide(self.worker, access)
        if not evaluation.allowed:
            raise self.refuse(Denial(self.worker, access, evaluation))

    def refuse(self, denial: Denial) -> Refused:
        """The refusal of what was denied; the author is told of it."""
        self.on_denial(denial, self.policies)
        access, explicit = denial.access, denial.evaluation.statement is not None
        words = denial_words(self.policies.principal_arn(self.worker), access.action, access.resource, explicit=explicit)
        return denied(family_of(self.service, self.asked.headers), words)

    def document(self) -> dict[str, object]:
        """The body as a JSON object. Raises Refused."""
        return json_object(self.asked.body)


def json_object(body: bytes) -> dict[str, object]:
    """Raises Refused, in the words of AWS's JSON services, for anything but an object."""
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise Refused("SerializationException", "The request is not JSON") from None
    if not isinstance(found, dict):
        raise Refused("SerializationException", "The request is not a JSON object")
    return found
