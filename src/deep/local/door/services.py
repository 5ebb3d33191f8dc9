"""The small services behind the door: STS, for a function's data role, and SSM, for secret parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import orjson

from deep.local.door.call import Call
from deep.local.door.wording import Refused, xml_reply
from deep.local.http.reply import Reply
from deep.local.identity.vault import Credentials, DataBearer, FunctionBearer, Vault
from deep.security.function_policy import OWNER_TAG

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
SHORTEST_S, LONGEST_S = 900, 3600
"""A session that a role's session asks for lasts an hour at most (IAM User Guide, "Role chaining")."""
LONGEST_TAG = 256


class Sts:
    """AssumeRole of a function's own data role, and GetCallerIdentity. Source: AWS STS API Reference."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def serve(self, call: Call) -> Reply:
        asked = dict(parse_qsl(call.asked.body.decode("utf-8", "replace"), keep_blank_values=True))
        match asked.get("Action"):
            case "AssumeRole":
                return self._assume_role(call, asked)
            case "GetCallerIdentity":
                return _caller_identity(call)
            case other:
                raise Refused("InvalidAction", f"the local platform's STS knows AssumeRole and GetCallerIdentity, not {other}")

    def _assume_role(self, call: Call, asked: dict[str, str]) -> Reply:
        role = asked.get("RoleArn", "")
        call.need("sts:AssumeRole", role)
        identity = _identity_tag(asked)
        call.need("sts:TagSession", role)
        own = DataBearer(call.worker.action, identity)
        if role != call.policies.role_arn(own) or not isinstance(call.worker, FunctionBearer):
            raise Refused("AccessDenied", f"the local platform has no role {role} for this function", 403)
        credentials = self._vault.issue(own, _duration_s(asked.get("DurationSeconds", str(LONGEST_S))))
        arn = call.policies.principal_arn(own)
        inside = f"<Credentials>{_credentials(credentials)}</Credentials><AssumedRoleUser><AssumedRoleId>AROALOCAL:{escape(identity)}</AssumedRoleId>"
        return _sts_reply("AssumeRole", f"{inside}<Arn>{escape(arn)}</Arn></AssumedRoleUser>")


def _identity_tag(asked: dict[str, str]) -> str:
    """The one tag that a data role's session must have, for its policy compares with it."""
    tags = {asked.get(f"Tags.member.{number}.Key"): asked.get(f"Tags.member.{number}.Value", "") for number in range(1, 51)}
    tags.pop(None, None)
    identity = tags.get(OWNER_TAG, "")
    if set(tags) != {OWNER_TAG} or not 0 < len(identity) <= LONGEST_TAG:
        raise Refused("ValidationError", f"the data role is assumed with one session tag, {OWNER_TAG}", 400)
    return identity


def _duration_s(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7 and SHORTEST_S <= int(text) <= LONGEST_S):
        raise Refused("ValidationError", f"The requested DurationSeconds must be between {SHORTEST_S} and {LONGEST_S}.", 400)
    return int(text)


def _credentials(credentials: Credentials) -> str:
    expires = datetime.fromtimestamp(credentials.expires or 0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = {"AccessKeyId": credentials.access_key, "SecretAccessKey": credentials.secret_key, "SessionToken": credentials.session_token}
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in {**parts, "Expiration": expires}.items())


def _caller_identity(call: Call) -> Reply:
    arn = call.policies.principal_arn(call.worker)
    account = call.policies.names.account_id
    return _sts_reply("GetCallerIdentity", f"<Arn>{escape(arn)}</Arn><UserId>AROALOCAL</UserId><Account>{account}</Account>")


def _sts_reply(operation: str, inside: str) -> Reply:
    request_id = str(uuid4())
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    text = f'<{operation}Response xmlns="{STS_NAMESPACE}"><{operation}Result>{inside}</{operation}Result>{metadata}</{operation}Response>'
    return xml_reply(200, text, request_id)


class Ssm:
    """GetParameter and GetParameters of the app's secret parameters. Source: AWS Systems Manager API Reference."""

    async def serve(self, call: Call) -> Reply:
        document = call.document()
        decrypt = document.get("WithDecryption") is True
        match call.operation:
            case "GetParameter":
                name = str(document.get("Name", ""))
                call.need("ssm:GetParameter", _arn(call, name))
                found = _parameter(call, name, decrypt=decrypt)
                if found is None:
                    raise Refused("ParameterNotFound", "")
                return _ssm_reply({"Parameter": found})
            case "GetParameters":
                names = [str(name) for name in _list(document.get("Names"))]
                for name in names:
                    call.need("ssm:GetParameters", _arn(call, name))
                parameters = {name: _parameter(call, name, decrypt=decrypt) for name in names}
                missing = [name for name, value in parameters.items() if value is None]
                return _ssm_reply({"Parameters": [one for one in parameters.values() if one], "InvalidParameters": missing})
            case other:
                raise Refused("UnknownOperationException", f"the local platform's parameters know GetParameter and GetParameters, not {other}")


def secret_values(call: Call) -> dict[str, str]:
    """Every secret parameter of the app by its name in SSM; what is no text is JSON text, as `deep.bundle.function` tells functions."""
    names = call.policies.names
    return {
        names.parameter(microapp.identifier, parameter.name): parameter.value
        if isinstance(parameter.value, str)
        else orjson.dumps(parameter.value).decode()
        for microapp in call.policies.app.microapps
        for parameter in microapp.parameters
        if parameter.secret and parameter.value is not None
    }


def _parameter(call: Call, name: str, *, decrypt: bool) -> dict[str, Any] | None:
    value = secret_values(call).get(name)
    if value is None:
        return None
    told = value if decrypt else "AQICAHh-encrypted-as-WithDecryption-was-not-asked-for"
    return {"Name": name, "Type": "SecureString", "Value": told, "Version": 1, "ARN": _arn(call, name), "DataType": "text"}


def _arn(call: Call, name: str) -> str:
    names = call.policies.names
    return f"arn:{names.partition}:ssm:{names.region}:{names.account_id}:parameter/{name.removeprefix('/')}"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _ssm_reply(document: dict[str, Any]) -> Reply:
    return Reply(200, [(b"content-type", b"application/x-amz-json-1.1"), (b"x-amzn-requestid", str(uuid4()).encode())], orjson.dumps(document))
