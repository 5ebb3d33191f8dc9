"""The only printer: what goes where, what is data, and what strangers' text may not do."""

from __future__ import annotations

import io
import json

import pytest

from deep.cli._screen import Screen, clean, pretty
from deep.errors import Place, Problem
from deep.local.reporter import RequestLine

LINE = RequestLine("GET", "/deep-todo/task/retrieve", 200, 3.2, "deep.todo:task:retrieve")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def screen(stream: type[io.StringIO] = io.StringIO, **environment: str) -> tuple[Screen, io.StringIO, io.StringIO]:
    out, err = stream(), stream()
    return Screen(out, err, environment), out, err


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;never ended", ""),
        ("\x9b31mred", "red"),
        ("\x1bcreset", "reset"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("a\u2066b\u2069", "ab"),
        ("over\rwritten\x08\x7f", "overwritten"),
        ("lone \ud800", "lone ?"),
        ("kept\n\tlines, über, \U0001f600", "kept\n\tlines, über, \U0001f600"),
    ],
)
def test_nothing_steers_the_terminal(hostile: str, shown: str) -> None:
    """Threat I13."""
    assert clean(hostile) == shown


def test_every_way_out_is_cleaned() -> None:
    """Threat I13: raw escape bytes in the output: none."""
    told, out, err = screen(Terminal, NO_COLOR="1")
    evil = "\x1b]0;evil\x07\u202e"
    told.result(evil)
    told.note(evil)
    told.warn(evil)
    told.step(evil)
    told.ready(evil)
    told.log(evil, evil)
    told.changed([evil])
    told.problem(Problem("x", evil, help=evil))
    told.request(RequestLine("GET", evil, 200, 1))
    told.errors([Problem("x", evil, Place(evil, 1, 1, source_line=evil))], 1)
    for stream in (out, err):
        assert "\x1b" not in stream.getvalue()
        assert "\u202e" not in stream.getvalue()


def test_results_and_the_rest_go_to_different_streams() -> None:
    told, out, err = screen()
    told.result("the result")
    told.note("a note")
    told.request(LINE)
    assert out.getvalue() == "the result\n"
    assert err.getvalue() == f"a note\n{LINE}\n"


def test_colours_are_for_terminals_that_want_them() -> None:
    for stream, environment, is_coloured in (
        (io.StringIO, {}, False),
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": ""}, False),
        (Terminal, {"TERM": "dumb"}, False),
    ):
        told, _, err = screen(stream, **environment)
        told.request(LINE)
        assert ("\x1b[" in err.getvalue()) is is_coloured


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("debug", ["note", "warning: warn", "error[x]: bad"]),
        ("info", ["note", "warning: warn", "error[x]: bad"]),
        ("warn", ["warning: warn", "error[x]: bad"]),
        ("error", ["error[x]: bad"]),
        ("silent", []),
    ],
)
def test_the_level_decides_what_is_told(level: str, expected: list[str]) -> None:
    """Parity 4."""
    told, out, err = screen()
    told.level = level
    told.note("note")
    told.warn("warn")
    told.errors([Problem("x", "bad")], 1)
    told.result("result")
    assert err.getvalue().splitlines() == expected
    assert out.getvalue() == "result\n"


def test_errors_as_data() -> None:
    told, out, err = screen()
    told.as_json = True
    told.errors([Problem("x", "bad", Place("f.json", 2, 3))], 1)
    document = json.loads(err.getvalue())
    assert document["exitCode"] == 1
    assert document["errors"][0] | {"found": None} == Problem("x", "bad", Place("f.json", 2, 3)).as_json()
    assert out.getvalue() == ""


def test_events_as_data() -> None:
    told, out, err = screen()
    told.as_json = True
    told.step("installing")
    told.request(LINE)
    told.log("deep.todo:task:create", "a line")
    told.changed(["a.py"])
    told.problem(Problem("x", "bad"))
    told.ready("http://localhost:8000")
    events = [json.loads(line) for line in err.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["step", "request", "log", "changed", "problem"]
    assert events[1]["durationMs"] == 3.2
    assert json.loads(out.getvalue()) == {"event": "ready", "url": "http://localhost:8000"}


def test_nobody_to_ask_means_no() -> None:
    """Parity 4: DEEP_NO_INTERACTION answers with the default."""
    told, _, err = screen(Terminal, DEEP_NO_INTERACTION="1")
    assert told.confirm("Let them run?") is False
    assert err.getvalue() == ""


def test_json_for_people_keeps_other_scripts() -> None:
    assert pretty({"a": "ü"}) == '{\n  "a": "ü"\n}'
