"""What functions needed, remembered once each and read back."""

from __future__ import annotations

from pathlib import Path

from deep.local.door.recorder import Recorder, Recording, read_recordings
from deep.local.identity.vault import DataBearer
from deep.security.evaluate import Access
from tests.fakes.door import DoorStage
from tests.unit.local.door.conftest import CREATE, OWN

ALICE = "us-east-1:aaaaaaaa-0000-4000-8000-000000000001"


def test_every_distinct_access_is_recorded_once(stage: DoorStage, tmp_path: Path) -> None:
    client = stage.boto3("dynamodb", CREATE)
    for number in range(3):
        client.put_item(TableName=stage.names.table("Todo"), Item={"Id": {"S": str(number)}})
    stage.boto3("dynamodb", DataBearer(OWN.action, ALICE)).put_item(
        TableName=stage.names.table("Note", own=True), Item={"Owner": {"S": ALICE}, "Id": {"S": "1"}}
    )
    first, second = [recording for recording in stage.recorder.recordings if recording.own or recording.function == CREATE.action]
    assert (first.function, first.own, first.access.action, first.access.resource) == (
        CREATE.action,
        False,
        "dynamodb:PutItem",
        stage.names.table_arn("Todo"),
    )
    assert first.allowed
    assert second.own
    assert second.access.context == {"dynamodb:LeadingKeys": (ALICE,), "aws:PrincipalTag/identity": (ALICE,)}
    stage.recorder.save(tmp_path / "accesses.jsonl")
    assert read_recordings(tmp_path / "accesses.jsonl") == stage.recorder.recordings


def test_files_are_appended_to_without_repetition(tmp_path: Path) -> None:
    path = tmp_path / "accesses.jsonl"
    one, two = (Recording("a:b:c", False, Access(f"dynamodb:{name}", "arn", {"k": ("v",)}), True) for name in ("Get", "Put"))
    for recordings in ((one,), (one, two), (two,)):
        recorder = Recorder()
        for recording in recordings:
            recorder.note(recording)
        recorder.save(path)
        recorder.save(path)
    assert read_recordings(path) == (one, two)
    with path.open("ab") as file:
        file.write(b'{"function": "cut o\n[]\n{}\n')
    assert read_recordings(path) == (one, two)
    assert read_recordings(tmp_path / "none") == ()
