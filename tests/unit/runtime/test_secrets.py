"""Secret parameters: fetched when asked for, kept for a while, never part of the configuration. Parity 90."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from deep.runtime.kernel import Kernel
from deep.runtime.retry import RetryPolicy
from deep.runtime.secrets import KEPT_S, REFERENCE, Secrets
from deep.runtime.signed import Service, ServiceError
from deep.wire.config import SECRET_REFERENCE
from deep.wire.sigv4 import Credentials
from tests.fakes.scripted import ScriptedServer, http_answer, scripted
from tests.fakes.tables import deployment, function_config

KEY = {"$secret": "/DeepDev1234abcd/deep.todo/mail/key", "type": "string"}
PIN = {"$secret": "/DeepDev1234abcd/deep.todo/mail/pin", "type": "integer"}


def value(text: str) -> bytes:
    return http_answer(200, json.dumps({"Parameter": {"Value": text, "Type": "SecureString"}}).encode())


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Callable[[ScriptedServer], Service]:
    def ssm_at(server: ScriptedServer) -> Service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
        return Service("ssm", "us-east-1", Credentials("ASIA", "secret", "token"), RetryPolicy(sleep=lambda seconds: None))

    return ssm_at


def test_a_secret_is_fetched_when_asked_for_and_kept(ssm: Callable[[ScriptedServer], Service]) -> None:
    now = [0.0]
    with scripted(value("first"), value("second")) as server:
        service = ssm(server)
        secrets = Secrets(service, lambda: now[0])
        assert secrets.revealed(KEY) == secrets.revealed(KEY) == "first"
        now[0] = KEPT_S
        assert secrets.revealed(KEY) == "second"
        service.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert json.loads(body) == {"Name": KEY["$secret"], "WithDecryption": True}
    assert b"X-Amz-Target: AmazonSSM.GetParameter" in head
    assert len(server.requests) == 2


def test_values_have_the_parameters_type(ssm: Callable[[ScriptedServer], Service]) -> None:
    with scripted(value("key"), value("12345")) as server:
        service = ssm(server)
        assert Secrets(service).revealed({"from": "a@b.c", "key": KEY, "more": {"pin": PIN}}) == {
            "from": "a@b.c",
            "key": "key",
            "more": {"pin": 12345},
        }
        service.close()


def test_a_refusal_names_the_reason(ssm: Callable[[ScriptedServer], Service]) -> None:
    denied = http_answer(400, b'{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not you"}')
    with scripted(denied, http_answer(400, b"<html>")) as server:
        service = ssm(server)
        with pytest.raises(ServiceError, match="AccessDeniedException: not you"):
            Secrets(service).revealed(KEY)
        with pytest.raises(ServiceError, match="HTTP status 400"):
            Secrets(service).revealed(KEY)
        service.close()


def test_the_kernel_reveals_secrets_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    parameters = {"mail": {"from": "a@b.c", "key": KEY}, "plain": {"a": 1}}
    microapps = {"deep.todo": {"isRoot": False, "parameters": parameters, "resources": {}}}
    with scripted(value("s3cr3t")) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", server.url)
        kernel = Kernel(deployment(microapps=microapps))
        assert kernel.get_param("plain") == {"a": 1}
        assert kernel.get_param("mail|from") == "a@b.c"
        assert server.requests == []
        assert kernel.get_param("mail|key") == "s3cr3t"
        assert kernel.get_param("mail") == {"from": "a@b.c", "key": "s3cr3t"}
        assert kernel.get_param("mail|other", "none") == "none"
        kernel.deployment.close()
    assert "s3cr3t" not in json.dumps(function_config(microapps=microapps))


def test_both_sides_spell_references_alike() -> None:
    assert REFERENCE == SECRET_REFERENCE
