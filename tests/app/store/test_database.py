"""What the store stands on: a library without the fault, acknowledged means on disk, and a key of its own."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.db import connection

from pakkeforlop.cli.application import folder, keep_secret_key
from pakkeforlop.config.sqlite import is_safe


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_which_sqlite_libraries_are_safe(version: tuple[int, ...], safe: bool):
    assert is_safe(version) == safe


@pytest.mark.django_db
def test_the_store_is_durable_and_its_library_safe():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is durable by its own settings")
    with connection.cursor() as cursor:
        asked = {}
        for name in ("journal_mode", "synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            asked[name] = cursor.fetchone()[0]
        cursor.execute("SELECT sqlite_version()")
        version = tuple(int(part) for part in cursor.fetchone()[0].split("."))
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert is_safe(version)


@pytest.mark.django_db
def test_a_writing_transaction_takes_its_lock_when_it_begins():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks the patient's row")
    assert connection.transaction_mode == "IMMEDIATE"


def test_the_secret_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PAKKEFORLOP_HOME", raising=False)
    home = folder(tmp_path / "store")
    keep_secret_key(home)
    key = home / "secret_key"
    first = key.read_text(encoding="ascii")
    assert len(first) >= 48
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    key.chmod(0o644)
    keep_secret_key(home)
    assert (key.read_text(encoding="ascii"), stat.S_IMODE(key.stat().st_mode)) == (first, 0o600)
