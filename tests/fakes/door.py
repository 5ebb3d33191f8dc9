"""A real door, before a real table engine, with functions that are Python callables; and clients that sign as a function would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import boto3
import uvloop
from botocore.config import Config

from deep.bundle.function import cloud_names
from deep.bundle.tables import table_definitions
from deep.bundle.target import Target
from deep.local.door.door import Door
from deep.local.door.engine import Engine
from deep.local.door.policies import Policies
from deep.local.door.recorder import Recorder
from deep.local.engines.dynamodb_http import DynamoDbHttp
from deep.local.engines.tables import reconcile_tables
from deep.local.identity.vault import Bearer, Vault
from deep.model import App
from deep.names import CloudNames
from tests.fakes.functions import FakeFunctions
from tests.fakes.reporter import RecordingReporter

Result = TypeVar("Result")
ONCE = Config(retries={"total_max_attempts": 1})


@dataclass(frozen=True, slots=True)
class DoorStage:
    """A door that is open, and everything around it."""

    door: Door
    vault: Vault
    recorder: Recorder
    reporter: RecordingReporter
    functions: FakeFunctions
    names: CloudNames
    loop: asyncio.AbstractEventLoop

    def boto3(self, service: str, bearer: Bearer, **options: Any) -> Any:
        """A boto3 client with the bearer's credentials, that tries once."""
        issued = self.vault.issue(bearer, None)
        keys = {"aws_access_key_id": issued.access_key, "aws_secret_access_key": issued.secret_key, "aws_session_token": issued.session_token}
        return boto3.client(service, **{"endpoint_url": self.door.url, "region_name": self.names.region, "config": ONCE, **keys, **options})

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """The result of work done in the door's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def use(self, app: App) -> None:
        """Takes up another state of the app."""
        self.loop.call_soon_threadsafe(self.door.use, Policies(app, self.names, self.recorder))
        self.run(asyncio.sleep(0))


@contextmanager
def open_door(app: App, engine: str, handlers: Mapping[str, Any] | None = None) -> Iterator[DoorStage]:
    """A door before the engine at the URL `engine`, with the app's tables made, under names that no other test uses."""
    target = Target(f"t{uuid4().hex}", "00000000", "us-east-1", "123456789012", development=True)
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    reporter, recorder, vault, functions = RecordingReporter(), Recorder(), Vault(b"k" * 32), FakeFunctions(handlers or {})
    door = Door(vault, Policies(app, cloud_names(app, target), recorder), reporter)
    door.functions = functions
    stage = DoorStage(door, vault, recorder, reporter, functions, cloud_names(app, target), loop)
    try:
        stage.run(reconcile_tables(DynamoDbHttp(engine), table_definitions(app, target)))
        stage.run(door.start(Engine(engine)))
        yield stage
    finally:
        stage.run(door.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
