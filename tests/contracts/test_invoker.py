"""What the gateway may count on: the fake functions of its tests and the real ones keep the same contract."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from deep.local.functions.functions import UnknownFunction
from deep.local.functions.layer import build_layer
from deep.local.functions.outcome import Answer, Failure, Outcome
from deep.local.gateway.invoker import Invoker
from tests.fakes.functions import FakeFunctions
from tests.fakes.sandboxes import IDENTIFIER, function, running

CODE = """
    def handler(event, context):
        if event == "raise":
            raise KeyError("Id")
        return {"event": event, "request": context.aws_request_id}
"""


def handle(event: Any) -> Any:
    if event == "raise":
        raise KeyError("Id")
    return {"event": event, "request": "given"}


@asynccontextmanager
async def invoker_of(kind: str, folder: Path) -> AsyncIterator[Invoker]:
    if kind == "fake":
        yield FakeFunctions({IDENTIFIER: handle})
    else:
        async with running(function(folder / "code", CODE), build_layer(folder / "layer")) as real:
            yield real.functions


async def call(invoker: Invoker, event: Any) -> Outcome:
    return await invoker.invoke(IDENTIFIER, json.dumps(event).encode(), identity_id="us-east-1:x", request_id="given")


@pytest.mark.parametrize("kind", ["fake", "real"])
async def test_an_answer_is_the_results_json(kind: str, tmp_path: Path) -> None:
    async with invoker_of(kind, tmp_path) as invoker:
        for event in ({"a": "é€😀"}, [1, 2.5, None], "text"):
            outcome = await call(invoker, event)
            assert isinstance(outcome, Answer)
            assert json.loads(outcome.payload) == {"event": event, "request": "given"}


@pytest.mark.parametrize("kind", ["fake", "real"])
async def test_what_a_function_raises_is_a_failure(kind: str, tmp_path: Path) -> None:
    async with invoker_of(kind, tmp_path) as invoker:
        outcome = await call(invoker, "raise")
        assert isinstance(outcome, Failure)
        assert (outcome.kind, outcome.fault["errorType"], outcome.fault["errorMessage"]) == ("fault", "KeyError", "'Id'")
        assert isinstance(await call(invoker, 1), Answer)


@pytest.mark.parametrize("kind", ["fake", "real"])
async def test_an_unknown_function_is_said_so(kind: str, tmp_path: Path) -> None:
    async with invoker_of(kind, tmp_path) as invoker:
        with pytest.raises(UnknownFunction):
            await invoker.invoke("nobody:knows:it", b"{}")
