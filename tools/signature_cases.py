"""Writes `tests/cases/signatures/browser.json`: requests and how botocore, AWS's own client, signs them; the browser library must sign them the same.

`python -m tools.signature_cases` writes the file; with `--check` it only compares and exits with 1 when the file is another.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TARGET = Path(__file__).resolve().parent.parent / "tests" / "cases" / "signatures" / "browser.json"
CREDENTIALS = {"accessKeyId": "ASIAEXAMPLE", "secretKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "sessionToken": "IQoJb3JpZ2luX2Vj//==+example"}
DATE = "20160212T120000Z"
NOW_MS = 1_455_278_400_000
"""The same moment."""

_API = "https://abc123.execute-api.us-east-1.amazonaws.com"
_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:DeepDevTaskCreate1234abcd"
_JSON = {"accept": "application/json", "content-type": "application/json"}
_EXECUTE = {"service": "execute-api", "region": "us-east-1"}
_LAMBDA = {"service": "lambda", "region": "eu-west-1"}

REQUESTS: tuple[dict[str, Any], ...] = (
    {"url": f"{_API}/deep-todo/task/create", "method": "POST", "headers": _JSON, "body": '{"Title":"milk"}', "scope": _EXECUTE},
    {"url": f"{_API}/deep-todo/task/retrieve", "method": "GET", "headers": {"accept": "application/json"}, "body": None, "scope": _EXECUTE},
    {"url": "http://localhost:8000/deep-todo/task/delete?Id=a%20b", "method": "DELETE", "headers": {}, "body": None, "scope": _EXECUTE},
    {"url": f"{_API}/x?b=2&a=3&a=1&A=0&empty=&a%2Fb=%7B%22x%22%3A%5B1%5D%7D", "method": "GET", "headers": {}, "body": None, "scope": _EXECUTE},
    {"url": f"{_API}/x?tilde=~&marks=%21%27%28%29%2A&plus=%2B&z=%C3%A9%F0%9F%8D%8A", "method": "GET", "headers": {}, "body": None, "scope": _EXECUTE},
    {"url": f"{_API}/a%20b/%C3%A9/x", "method": "PUT", "headers": _JSON, "body": '{"text":"caf\u00e9 \U0001f34a"}', "scope": _EXECUTE},
    {"url": f"{_API}/dev/key", "method": "POST", "headers": _JSON | {"x-api-key": "  k  e   y "}, "body": "null", "scope": _EXECUTE},
    {
        "url": f"https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{quote(_ARN, safe='')}/invocations",
        "method": "POST",
        "headers": _JSON | {"x-amz-invocation-type": "RequestResponse", "x-amz-log-type": "Tail"},
        "body": "{}",
        "scope": _LAMBDA,
    },
)


def authorization(request: dict[str, Any]) -> str:
    """The `Authorization` header that botocore makes at `DATE`; its public `add_auth` would take the clock's time."""
    made = AWSRequest(request["method"], request["url"], dict(request["headers"]), (request["body"] or "").encode())
    made.context["timestamp"] = DATE
    credentials = Credentials(CREDENTIALS["accessKeyId"], CREDENTIALS["secretKey"], CREDENTIALS["sessionToken"])
    auth = SigV4Auth(credentials, request["scope"]["service"], request["scope"]["region"])
    auth._modify_request_before_signing(made)
    canonical = auth.canonical_request(made)
    auth._inject_signature_to_request(made, auth.signature(auth.string_to_sign(made, canonical), made))
    return str(made.headers["Authorization"])


def render() -> str:
    """The whole text of the case file."""
    cases = [request | {"authorization": authorization(request)} for request in REQUESTS]
    return json.dumps({"now": NOW_MS, "date": DATE, "credentials": CREDENTIALS, "cases": cases}, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str], target: Path = TARGET) -> int:
    """Writes the file, or with `--check` only compares. Answers the exit code."""
    if "--check" in arguments:
        return 0 if target.is_file() and target.read_text(encoding="utf-8") == render() else 1
    target.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
