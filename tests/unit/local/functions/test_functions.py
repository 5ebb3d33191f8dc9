"""Functions run in processes: scaling, deadlines, reloading, ending. With the fake runtime; `tests/journeys/test_faults.py` has the real one."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from deep.local.engines.child import Household
from deep.local.functions.functions import Functions, UnknownFunction
from deep.local.functions.outcome import Answer, Failure
from deep.local.functions.pool import ENOUGH, PoolLimits
from deep.wire.frames import MAX_PAYLOAD_BYTES
from tests.fakes.sandboxes import FAKE_LAYER, IDENTIFIER, exists, function, running

PID = "import os\ndef handler(event, head): return os.getpid()"
NAP = "import os, time\ndef handler(event, head): time.sleep(event); return os.getpid()"


async def test_the_answer_comes_back_and_the_process_stays_warm(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "import os\ndef handler(event, head): return [event, os.getpid()]")) as app:
        first, second = await app.call({"a": "ä"}), await app.call(2)
        assert first[0] == {"a": "ä"}
        assert second[0] == 2
        assert first[1] == second[1]
        assert app.functions.process_count == 1


async def test_only_the_first_call_tells_of_a_cold_start(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", PID)) as app:
        outcomes = [await app.functions.invoke(IDENTIFIER, b"0") for _ in range(2)]
        assert all(isinstance(outcome, Answer) for outcome in outcomes)
        assert outcomes[0].init_ms is not None
        assert outcomes[1].init_ms is None


async def test_no_process_before_the_first_call(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", PID)) as app:
        await asyncio.sleep(0.05)
        assert app.functions.process_count == 0


async def test_the_head_tells_request_identity_and_deadline(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "def handler(event, head): return head", timeout_s=7)) as app:
        head = await app.call(identity_id='us-east-1:"x"', request_id="r-1")
        assert head["requestId"] == "r-1"
        assert head["identityId"] == 'us-east-1:"x"'
        assert head["functionArn"] == "arn:test"
        assert head["deadlineMs"] / 1000 - time.time() == pytest.approx(7, abs=0.5)
        assert "identityId" not in await app.call()


async def test_events_and_results_of_megabytes_pass(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "def handler(event, head): return event")) as app:
        text = "é" * 1_000_000
        assert await app.call(text) == text


async def test_a_slow_function_gets_more_processes_up_to_its_cap(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", NAP), limits=PoolLimits(max_sandboxes=4)) as app:
        pids = await asyncio.gather(*(app.call(0.3) for _ in range(12)))
        assert len(set(pids)) == 4
        assert app.functions.process_count == 4


async def test_a_quick_function_under_load_keeps_every_processor_at_work(tmp_path: Path) -> None:
    """Each call waits a few milliseconds only, but there is always one that waits."""
    async with running(function(tmp_path / "f", NAP)) as app:
        end = time.monotonic() + 5

        async def go_on_calling() -> None:
            while app.functions.process_count < ENOUGH and time.monotonic() < end:
                await app.call(0.001)

        await asyncio.gather(*(go_on_calling() for _ in range(8)))
        assert app.functions.process_count >= ENOUGH


async def test_a_quick_function_is_served_by_one_process(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", PID)) as app:
        await app.call()
        pids = await asyncio.gather(*(app.call() for _ in range(50)))
        assert len(set(pids)) == 1


async def test_calls_beyond_the_queue_are_throttled_at_once(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", NAP), limits=PoolLimits(max_sandboxes=1, max_queue=3)) as app:
        outcomes = await asyncio.gather(*(app.functions.invoke(IDENTIFIER, b"0.1") for _ in range(6)))
        kinds = [outcome.kind if isinstance(outcome, Failure) else "answer" for outcome in outcomes]
        assert kinds == ["answer"] * 3 + ["throttled"] * 3
        assert {outcome.fault["errorType"] for outcome in outcomes if isinstance(outcome, Failure)} == {"TooManyRequestsException"}


async def test_idle_processes_retire_but_the_last_stays_longer(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", NAP), limits=PoolLimits(max_sandboxes=3, idle_s=0.1, last_idle_s=100)) as app:
        await asyncio.gather(*(app.call(0.2) for _ in range(6)))
        assert app.functions.process_count == 3
        await asyncio.sleep(0.15)
        app.functions.retire_idle()
        assert app.functions.process_count == 1


async def test_a_deadline_is_kept_and_the_next_call_works(tmp_path: Path) -> None:
    """R3: the answer comes within 100 ms of the deadline."""
    code = "import time\ndef handler(event, head):\n    while event: pass\n    return 'well'"
    async with running(function(tmp_path / "f", code, timeout_s=0.5)) as app:
        await app.call(0)
        began = time.monotonic()
        failure = await app.fail(1)
        assert 0.5 <= time.monotonic() - began < 0.6
        assert failure.kind == "timeout"
        assert failure.fault["errorType"] == "Sandbox.Timedout"
        assert "Task timed out after 0.50 seconds" in failure.fault["errorMessage"]
        assert await app.call(0) == "well"


async def test_a_process_that_ends_is_replaced_before_it_is_missed(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "import os\ndef handler(event, head): os._exit(3) if event else None; return os.getpid()")) as app:
        before = await app.call(0)
        began = time.monotonic()
        failure = await app.fail(1)
        assert time.monotonic() - began < 0.1
        assert failure.kind == "exit"
        assert failure.fault["errorType"] == "Runtime.ExitError"
        assert "exit status 3" in failure.fault["errorMessage"]
        await asyncio.sleep(0.2)
        assert app.functions.process_count == 1
        assert await app.call(0) != before


async def test_code_that_cannot_load_fails_every_waiting_call_at_once(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "import nowhere")) as app:
        failures = await asyncio.gather(*(app.fail() for _ in range(20)))
        assert {failure.kind for failure in failures} == {"init"}
        assert {failure.fault["errorType"] for failure in failures} == {"ModuleNotFoundError"}
        assert app.functions.process_count == 0


async def test_a_missing_folder_is_an_init_failure(tmp_path: Path) -> None:
    spec = replace(function(tmp_path / "f", PID), root=tmp_path / "gone")
    async with running(spec) as app:
        assert (await app.fail()).kind == "init"


async def test_a_process_that_spoils_its_channel_is_ended(tmp_path: Path) -> None:
    code = "import os, sys\ndef handler(event, head):\n    os.write(int(sys.argv[2]), b'garbage!!' * 9) if event else None\n    return 1"
    async with running(function(tmp_path / "f", code)) as app:
        assert (await app.fail(1)).kind == "exit"
        assert await app.call(0) == 1


async def test_an_oversized_event_never_reaches_a_process(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", PID)) as app:
        outcome = await app.functions.invoke(IDENTIFIER, b" " * (MAX_PAYLOAD_BYTES + 1))
        assert isinstance(outcome, Failure)
        assert outcome.kind == "too-large"
        assert app.functions.process_count == 0


async def test_memory_that_grows_slowly_is_noticed(tmp_path: Path) -> None:
    code = "import time\nkept = []\ndef handler(event, head):\n    while True: kept.append(bytearray(5_000_000)); time.sleep(0.01)"
    async with running(function(tmp_path / "f", code, memory_mb=64)) as app:
        failure = await app.fail()
        assert failure.kind == "memory"
        assert failure.fault["errorType"] == "Runtime.OutOfMemory"


async def test_a_refresh_lets_busy_processes_finish_and_serves_new_code_to_the_rest(tmp_path: Path) -> None:
    spec = function(tmp_path / "f", "import time\ndef handler(event, head): time.sleep(event); return 'old'")
    async with running(spec) as app:
        await app.call(0)
        slow = asyncio.ensure_future(app.call(0.3))
        await asyncio.sleep(0.05)
        function(tmp_path / "f", "def handler(event, head): return 'new'")
        app.functions.refresh([IDENTIFIER])
        assert await asyncio.gather(*(app.call(0) for _ in range(10))) == ["new"] * 10
        assert await slow == "old"
        assert await app.call(0) == "new"
        await asyncio.sleep(0.1)
        assert app.functions.process_count == 1


async def test_an_edit_within_the_clock_tick_of_the_last_one_is_seen(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "def handler(event, head): return 1")) as app:
        assert await app.call() == 1
        for number in (2, 3, 4):
            function(tmp_path / "f", f"def handler(event, head): return {number}")
            app.functions.refresh([IDENTIFIER])
            assert await app.call() == number
    assert not list((tmp_path / "f").rglob("*.pyc"))


async def test_replacing_the_specifications_adds_changes_and_drops(tmp_path: Path) -> None:
    spec = function(tmp_path / "f", PID)
    async with running(spec) as app:
        before = await app.call()
        app.functions.replace({IDENTIFIER: spec, "deep.test:thing:more": replace(spec, identifier="deep.test:thing:more")})
        assert await app.call() == before
        assert isinstance(await app.functions.invoke("deep.test:thing:more", b"0"), Answer)
        app.functions.replace({IDENTIFIER: replace(spec, revision="2")})
        assert await app.call() != before
        with pytest.raises(UnknownFunction):
            await app.functions.invoke("deep.test:thing:more", b"0")


async def test_a_dropped_function_finishes_what_it_does(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", NAP)) as app:
        await app.call(0)
        pending = asyncio.ensure_future(app.call(0.2))
        await asyncio.sleep(0.1)
        app.functions.replace({})
        assert isinstance(await pending, int)


async def test_a_caller_that_goes_away_does_not_stop_the_function(tmp_path: Path) -> None:
    marker = tmp_path / "done"
    async with running(function(tmp_path / "f", "import time\ndef handler(event, head): time.sleep(0.1); event and open(event, 'w').close()")) as app:
        await app.call()
        call = asyncio.ensure_future(app.call(str(marker)))
        await asyncio.sleep(0.05)
        call.cancel()
        await asyncio.sleep(0.3)
        assert marker.exists()


async def test_printed_lines_are_told_before_the_answer(tmp_path: Path) -> None:
    async with running(
        function(tmp_path / "f", "import sys\ndef handler(event, head): print('out'); print('err', file=sys.stderr); return 1")
    ) as app:
        await app.call()
        assert app.lines == ["out", "err"]


async def test_a_line_without_end_is_told_soon(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", "def handler(event, head): print('half', end=''); return 1")) as app:
        await app.call()
        await asyncio.sleep(0.15)
        assert app.lines == ["half"]


async def test_closing_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    """R6: what is under way completes; what is not done in time is ended."""
    spec = function(tmp_path / "f", NAP)
    functions = Functions({IDENTIFIER: spec}, FAKE_LAYER, lambda _, __: None)
    quick, slow = (asyncio.ensure_future(functions.invoke(IDENTIFIER, event)) for event in (b"0.1", b"9"))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await functions.close(grace_s=0.6)
    assert time.monotonic() - began < 1.5
    done, ended = await quick, await slow
    assert isinstance(done, Answer)
    assert isinstance(ended, Failure)
    assert not exists(json.loads(done.payload))


async def test_a_shared_household_outlives_the_functions(tmp_path: Path) -> None:
    household = Household()
    functions = Functions({IDENTIFIER: function(tmp_path / "f", PID)}, FAKE_LAYER, lambda _, __: None, household=household)
    outcome = await functions.invoke(IDENTIFIER, b"0")
    assert isinstance(outcome, Answer)
    await functions.close()
    assert not exists(json.loads(outcome.payload))
    assert household.warden_runs
    await household.close()
    assert not household.warden_runs


async def test_reloading_leaves_neither_processes_nor_descriptors_behind(tmp_path: Path) -> None:
    """R5, in small: a hundred reloads under load, and every answer is of the version asked for."""
    spec = function(tmp_path / "f", "def handler(event, head): return 0")
    async with running(spec) as app:
        await app.call()
        await asyncio.sleep(0.1)
        before = descriptors()
        for number in range(100):
            function(tmp_path / "f", f"def handler(event, head): return {number}")
            app.functions.refresh([IDENTIFIER])
            assert set(await asyncio.gather(*(app.call() for _ in range(5)))) == {number}
        await asyncio.sleep(0.3)
        assert app.functions.process_count == 1
        assert descriptors() == before


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))


async def test_nothing_runs_after_closing(tmp_path: Path) -> None:
    async with running(function(tmp_path / "f", PID)) as app:
        pid = await app.call()
    assert not exists(pid)
    assert (await app.fail()).kind == "throttled"
