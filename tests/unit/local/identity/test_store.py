"""Accounts outlive whatever ends the platform, and two processes may change them at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deep.local.identity.aws_json import Declined
from deep.local.identity.pool.keys import TokenKey
from deep.local.identity.pool.store import Store
from deep.local.identity.pool.users import CONFIRMED
from tests.fakes.accounts import PASSWORD, House
from tests.house.tree import ROOT

WRITER = """
import sys, itertools
from pathlib import Path
from tests.fakes.accounts import House
house = House(Path(sys.argv[1]))
for number in itertools.count():
    house.add(f"{sys.argv[2]}{number}", "readers")
    print(number, flush=True)
"""


def writer(folder: Path, prefix: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), prefix], stdout=subprocess.PIPE, text=True, env=environment)


def test_nothing_that_was_answered_is_lost_by_a_kill(tmp_path: Path) -> None:
    with writer(tmp_path, "a") as first, writer(tmp_path, "b") as second:
        assert first.stdout
        assert second.stdout
        told = [[int(process.stdout.readline()) for _ in range(8)][-1] for process in (first, second) if process.stdout]
        for process in (first, second):
            process.send_signal(signal.SIGKILL)
    house = House(tmp_path)
    for prefix, last in zip("ab", told, strict=True):
        for number in range(last + 1):
            user = house.pool.parts.users.find(f"{prefix}{number}")
            assert user is not None
            assert user.status == CONFIRMED
            assert house.pool.parts.users.groups(user) == {"readers"}
    house.sign_in("a0")
    house.close()


def test_a_session_outlives_the_platform(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add()
    tokens = house.sign_in()
    house.close()
    again = House(tmp_path)
    assert again.call("GetUser", AccessToken=tokens["AccessToken"])["Username"] == "ada"
    assert again.pool.signed(tokens["IdToken"]).user.username == "ada"
    again.close()


def test_a_lockout_outlives_the_platform(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add()
    for _ in range(5):
        with pytest.raises(Declined, match="Incorrect"):
            house.sign_in(password="wrong")
    house.close()
    again = House(tmp_path)
    with pytest.raises(Declined, match="attempts exceeded"):
        again.sign_in()
    again.close()


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add()
    seen: list[str] = []

    def guess() -> None:
        try:
            house.sign_in(password="wrong")
        except Declined as declined:
            seen.append(declined.message)

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == ["Incorrect username or password."] * 5 + ["Password attempts exceeded"] * 15
    house.close()


def test_one_name_is_taken_once_by_many_at_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    made: list[str] = []
    refused: list[str] = []

    def sign_up() -> None:
        try:
            email = [{"Name": "email", "Value": "ada@example.com"}]
            made.append(house.call("SignUp", Username="ada", Password=PASSWORD, UserAttributes=email)["UserSub"])
        except Declined as declined:
            refused.append(declined.code)

    threads = [threading.Thread(target=sign_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), refused) == (1, ["UsernameExistsException"] * 7)
    house.close()


def test_a_damaged_key_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "tokens.pem"
    path.write_text("nonsense")
    first = TokenKey(path).published()
    assert TokenKey(path).published() == first
    assert path.stat().st_mode & 0o077 == 0


def test_a_user_deleted_meanwhile_does_not_come_back(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add()
    user = house.pool.parts.users.find("ada")
    assert user is not None
    house.call("AdminDeleteUser", Username="ada")
    with pytest.raises(Declined, match="does not exist"):
        house.pool.parts.change(user, enabled=False)
    house.close()


def test_a_file_that_another_is_just_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "users.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE made (here)")
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.rollback)
    release.start()
    store = Store(path)
    assert store.row("PRAGMA journal_mode") == ("wal",)
    store.close()
    release.join()
    other.close()
