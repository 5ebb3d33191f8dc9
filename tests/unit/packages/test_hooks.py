"""Hooks run with consent alone, and an approved one stays where it was shown to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from deep.errors import ProjectError, UsageError
from deep.packages.hooks import MOMENTS, HookRun, approve, consent_to, hooks_of, read_approvals, run_hooks, writes_into_missing_root
from deep.packages.manifest import find_microapps
from deep.packages.sandbox import is_confining
from tests.fakes.packages import below, microapp, write

TOUCH = "def hook(context):\n    (context.microapp.path / context.moment).touch()\n"
confined = pytest.mark.skipif(not is_confining(), reason="bubblewrap is not usable on this machine")


def make(folder: Path, files: dict[str, str], **manifest: Any) -> Path:
    """A property with one microapplication, Shop, that has these files."""
    return write(folder, below("Shop", {**microapp(**manifest), **files}))


def approve_all(folder: Path) -> None:
    approve(folder, hooks_of(find_microapps(folder)))


def run(folder: Path, moment: str = "init", timeout_s: float = 20) -> list[HookRun]:
    told: list[HookRun] = []
    run_hooks(folder, moment, told.append, timeout_s=timeout_s)
    return told


def run_approved(folder: Path, code: str, **manifest: Any) -> str:
    """Writes an init hook, approves and runs it; what it printed."""
    make(folder, {"hook.init.py": code}, **manifest)
    approve_all(folder)
    (told,) = run(folder)
    assert told.finished is not None
    return told.finished.output


def test_no_hook_runs_without_consent_each_runs_with_it_and_none_after_a_change(tmp_path: Path) -> None:
    """Threat I1, parity 44: a canary for every moment."""
    folder = make(tmp_path, {f"hook.{moment}.py": TOUCH for moment in MOMENTS})
    shop = folder / "Shop"

    def canaries() -> set[str]:
        return {path.name for path in shop.iterdir()} & set(MOMENTS)

    assert [run(folder, moment)[0].consent for moment in MOMENTS] == ["waiting"] * len(MOMENTS)
    assert canaries() == set()
    approve_all(folder)
    assert [run(folder, moment)[0].consent for moment in MOMENTS] == ["approved"] * len(MOMENTS)
    assert canaries() == set(MOMENTS)
    for moment in MOMENTS:
        (shop / moment).unlink()
        write(shop, {f"hook.{moment}.py": TOUCH + " "})
    assert [run(folder, moment)[0].consent for moment in MOMENTS] == ["changed"] * len(MOMENTS)
    assert canaries() == set()


def test_consent_is_for_one_version(tmp_path: Path) -> None:
    make(tmp_path, {"hook.init.py": TOUCH})
    approve_all(tmp_path)
    make(tmp_path, {}, version="0.0.2")
    assert [told.consent for told in run(tmp_path)] == ["waiting"]
    approve_all(tmp_path)
    assert set(read_approvals(tmp_path)) == {"acme.shop@0.0.2"}


def test_approving_keeps_the_rest_of_the_configuration(tmp_path: Path) -> None:
    make(tmp_path, {"hook.init.py": TOUCH})
    write(tmp_path, {"deeploy.json": '{"appIdentifier": "x", "hooks": {"approved": {"other@1.0.0": {"init": "sha256-1"}}}}'})
    approve_all(tmp_path)
    (hook,) = hooks_of(find_microapps(tmp_path))
    expected = {"appIdentifier": "x", "hooks": {"approved": {"other@1.0.0": {"init": "sha256-1"}, "acme.shop@0.0.1": {"init": hook.digest}}}}
    assert json.loads((tmp_path / "deeploy.json").read_text()) == expected
    assert consent_to(hook, read_approvals(tmp_path)) == "approved"


@pytest.mark.parametrize("config", ["{", "[]", '{"hooks": []}', '{"hooks": {"approved": {"a@1": "sha256-1"}}}'])
def test_unreadable_approvals_approve_nothing(config: str, tmp_path: Path) -> None:
    make(tmp_path, {"hook.init.py": TOUCH})
    write(tmp_path, {"deeploy.json": config})
    with pytest.raises(ProjectError):
        run(tmp_path)


def test_a_linked_hook_is_none(tmp_path: Path) -> None:
    make(tmp_path, {"code": TOUCH})
    (tmp_path / "Shop/hook.init.py").symlink_to("code")
    assert run(tmp_path) == []


def test_unknown_moments_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no moment"):
        run(tmp_path, "initt")


def test_the_context_of_a_python_hook(tmp_path: Path) -> None:
    """Parity 44."""
    code = (
        "def hook(context):\n    print(context.moment, context.is_before, context.microapp.identifier, context.microapp.version)\n"
        "    print(context.microapp.path, context.property.path, sorted(context.microapps))\n"
    )
    assert run_approved(tmp_path, code) == f"init True acme.shop 0.0.1\n{tmp_path}/Shop {tmp_path} ['acme.shop']\n"


ARTICLE_HOOK = """'use strict';
var exports = module.exports = function(callback) {
  var exec = require("child_process").exec;
  var path = require('path');
  var source = path.join(__dirname, 'Frontend/learn.json');
  var dist = path.join(__dirname, '../DeepNgRoot/Frontend');
  exec('cp ' + source + ' ' + dist, function(error, stdout, stderr) {
    if (error) { console.error('Error while copying learn.json', error); callback(); return; }
    callback();
  }.bind(this));
};
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_the_articles_hook_does_what_it_did(tmp_path: Path) -> None:
    """Parity 45: learn.json is copied into the root's frontend, by the article's own form of hook and as a declared capability."""
    files = {"hook.init.js": ARTICLE_HOOK, "Frontend/learn.json": '{"learn": 1}'}
    make(tmp_path, files, hooks={"write": ["deep.ng.root:Frontend"]})
    write(tmp_path, below("DeepNgRoot", microapp("deep.ng.root", propertyRoot=True)))
    approve_all(tmp_path)
    run(tmp_path)
    assert (tmp_path / "DeepNgRoot/Frontend/learn.json").read_text() == '{"learn": 1}'


@confined
@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_an_undeclared_place_stays_untouched(tmp_path: Path) -> None:
    make(tmp_path, {"hook.init.js": ARTICLE_HOOK, "Frontend/learn.json": "{}"})
    write(tmp_path, below("DeepNgRoot", microapp("deep.ng.root", propertyRoot=True)))
    approve_all(tmp_path)
    run(tmp_path)
    assert not (tmp_path / "DeepNgRoot/Frontend/learn.json").exists()


PROBES = """
import os, socket
from pathlib import Path
def attempt(name, act):
    try:
        act()
        print("allowed", name)
    except OSError:
        print("denied", name)
def secret():
    if os.environ.get("DEEP_PROBE_SECRET") is None:
        raise OSError
def hook(context):
    attempt("read-home", lambda: Path(HOME, ".aws/credentials").read_text())
    attempt("read-ssh", lambda: Path(HOME, ".ssh/id_rsa").read_text())
    attempt("read-shadow", lambda: Path("/etc/shadow").read_text())
    attempt("write-outside", lambda: Path(HOME, "written").write_text("x"))
    attempt("connect", lambda: socket.create_connection(("127.0.0.1", PORT), 1))
    attempt("read-secret", secret)
    attempt("write-sibling", lambda: (context.property.path / "Other" / "written").write_text("x"))
    attempt("write-own", lambda: (context.microapp.path / "written").write_text("x"))
"""


@confined
def test_probes_of_an_approved_hook_are_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat I2: seven of seven denied, its own folder allowed."""
    import socket

    home = write(tmp_path / "home", {".aws/credentials": "secret", ".ssh/id_rsa": "secret"})
    folder = write(tmp_path / "app", below("Other", microapp("other")))
    monkeypatch.setenv("DEEP_PROBE_SECRET", "secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = PROBES.replace("HOME", repr(str(home))).replace("PORT", str(server.getsockname()[1]))
        output = run_approved(folder, code)
    denied = ["read-home", "read-ssh", "read-shadow", "write-outside", "connect", "read-secret", "write-sibling"]
    assert output.split("\n") == [*(f"denied {name}" for name in denied), "allowed write-own", ""]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def hook(context):\n    raise ValueError('no such shop')\n", ["exit code 1", "no such shop", "hook.init.py", "line 2"]),
        ("import sys\ndef hook(context):\n    print('bye')\n    sys.exit(3)\n", ["exit code 3", "bye"]),
        ("def other():\n    pass\n", ["exit code 1", "defines no function"]),
        ("def hook(:\n", ["SyntaxError"]),
        ("import os\ndef hook(context):\n    os.kill(os.getpid(), 9)\n", ["exit code"]),
    ],
)
def test_a_failing_hook_is_told_with_its_last_words(code: str, said: list[str], tmp_path: Path) -> None:
    """Bad input 94, fault R18."""
    with pytest.raises(ProjectError) as caught:
        run_approved(tmp_path, code)
    problem = caught.value.problems[0]
    assert problem.code == "hook-failed"
    assert all(words in problem.message for words in said)
    assert "--skip-hooks" in (problem.help or "")


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("module.exports = function (callback) { callback(new Error('no such shop')); };", "no such shop"),
        ("module.exports = function (callback) {};", "without calling its callback"),
        ("module.exports = async () => { throw new Error('no such shop'); };", "no such shop"),
        ("module.exports = 1;", "exports no function"),
    ],
)
def test_a_failing_javascript_hook(code: str, said: str, tmp_path: Path) -> None:
    make(tmp_path, {"hook.init.js": code})
    approve_all(tmp_path)
    with pytest.raises(ProjectError, match=said):
        run(tmp_path)


HANGS = {
    "sleeps": "import time\ndef hook(context):\n    time.sleep(60)\n",
    "loops": "def hook(context):\n    while True: pass\n",
    "ignores-sigterm": "import signal, time\ndef hook(context):\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    time.sleep(60)\n",
    "floods": "def hook(context):\n    while True: print('x' * 10000)\n",
}


@pytest.mark.parametrize("kind", HANGS)
def test_a_hook_that_does_not_end_is_ended(kind: str, tmp_path: Path) -> None:
    """Fault R18: the command returns within its limit and a second."""
    import time

    make(tmp_path, {"hook.init.py": HANGS[kind]})
    approve_all(tmp_path)
    started = time.monotonic()
    with pytest.raises(ProjectError) as caught:
        run(tmp_path, timeout_s=0.5)
    assert time.monotonic() - started < 1.5
    assert "stopped after 0.5 seconds" in caught.value.problems[0].message
    assert len(caught.value.problems[0].message) < 300_000


def test_children_of_a_hook_do_not_outlive_it(tmp_path: Path) -> None:
    """Fault R18: the child would write a second later."""
    import time

    code = "import os, time\ndef hook(context):\n    if os.fork() == 0:\n        time.sleep(1)\n        (context.microapp.path / 'late').touch()\n"
    run_approved(tmp_path, code)
    time.sleep(1.3)
    assert not (tmp_path / "Shop/late").exists()


@pytest.mark.parametrize("place", ["deep.root:Frontend", "acme.other:../../etc", "acme.other:nowhere", "acme.other:/etc", "nonsense"])
def test_declared_places_must_be_folders_of_this_property(place: str, tmp_path: Path) -> None:
    write(tmp_path, below("Other", microapp("acme.other")))
    make(tmp_path, {"hook.init.py": TOUCH}, hooks={"write": [place]})
    approve_all(tmp_path)
    with pytest.raises(ProjectError, match="declares to write"):
        run(tmp_path)


def test_a_root_outside_the_property_is_noticed(tmp_path: Path) -> None:
    make(tmp_path, {"hook.init.py": TOUCH}, hooks={"write": ["deep.root:Frontend"]})
    assert not writes_into_missing_root(tmp_path, "init")
    approve_all(tmp_path)
    assert writes_into_missing_root(tmp_path, "init")
    assert not writes_into_missing_root(tmp_path, "post-install")
    write(tmp_path, below("DeepRoot", microapp("deep.root", propertyRoot=True)))
    assert not writes_into_missing_root(tmp_path, "init")


def test_the_samples_recorded_approval_is_true() -> None:
    """The todo sample's hook was approved by its content; whoever edits it approves it again: `deepify hooks approve deep.todo apps/todo`."""
    todo = Path(__file__).parents[3] / "apps/todo"
    assert [consent_to(hook, read_approvals(todo)) for hook in hooks_of(find_microapps(todo))] == ["approved"]


def test_without_bubblewrap_the_environment_is_scrubbed_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat I2 on other systems."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    is_confining.cache_clear()
    try:
        assert not is_confining()
        output = run_approved(tmp_path, "import os\ndef hook(context):\n    print(sorted(os.environ))\n")
    finally:
        is_confining.cache_clear()
    assert "AWS_SECRET_ACCESS_KEY" not in output
    assert "PATH" in output
