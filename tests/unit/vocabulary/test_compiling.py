"""Compiled code is kept only in a folder that nobody else can write to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pakkeforlop.vocabulary.compiling import is_own

ASK = "from pakkeforlop.vocabulary.compiling import safe_cache; print(safe_cache())"


def kept(folder: Path) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ASK],
        env={**os.environ, "PAKKEFORLOP_CACHE": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_new_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    assert kept(tmp_path / "new") == "True"
    assert (tmp_path / "new" / "numba").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "numba"
    folder.mkdir()
    folder.chmod(mode)
    assert not is_own(folder)
    assert kept(tmp_path) == "False"
    assert not list(folder.iterdir())


def test_a_link_to_a_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(mode=0o700)
    (tmp_path / "numba").symlink_to(tmp_path / "other")
    assert kept(tmp_path) == "False"
