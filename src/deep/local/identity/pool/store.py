"""Where accounts are kept: one SQLite file under the property's `.deep/`, shared safely by a running platform and the command line.

A change is on disk when its operation has answered (write-ahead log), so that a killed process loses nothing. Only its owner can read the file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUSY_S = 10.0
"""How long one process waits for another's change; changes take milliseconds."""
AGAIN_S = 0.01

_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    key TEXT PRIMARY KEY, username TEXT NOT NULL, sub TEXT NOT NULL UNIQUE, status TEXT NOT NULL, enabled INTEGER NOT NULL,
    attributes TEXT NOT NULL, salt TEXT NOT NULL, verifier TEXT NOT NULL, created REAL NOT NULL, modified REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (key, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (
    key TEXT NOT NULL, purpose TEXT NOT NULL, code TEXT NOT NULL, expires REAL NOT NULL, PRIMARY KEY (key, purpose)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (key TEXT NOT NULL, purpose TEXT NOT NULL, count INTEGER NOT NULL, last REAL NOT NULL,
    PRIMARY KEY (key, purpose)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    origin TEXT PRIMARY KEY, token_hash BLOB NOT NULL UNIQUE, key TEXT NOT NULL, auth_time INTEGER NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of_a_user ON sessions (key);
CREATE TABLE IF NOT EXISTS logins (
    login TEXT NOT NULL, subject TEXT NOT NULL, identity_id TEXT NOT NULL, PRIMARY KEY (login, subject)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS logins_of_an_identity ON logins (identity_id);
"""


class Store:
    """The open file; threads may share it. `close` when done."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        self._write_ahead()
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def _write_ahead(self) -> None:
        """Two who open a new file at once both want it alone to change its mode, where SQLite refuses one at once however long it may wait."""
        until = time.monotonic() + BUSY_S
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as refused:
                if refused.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(AGAIN_S)

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Runs one statement; its rows as tuples."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> Any | None:
        """The first row, or None."""
        return next(iter(self.rows(statement, *values)), None)

    @contextmanager
    def change(self) -> Iterator[None]:
        """What is done within happens whole or not at all, with nobody else writing meanwhile. May be nested: the outermost counts."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
