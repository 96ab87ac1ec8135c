"""A PostgreSQL server of one's own, in a temporary folder, reached by a socket there: for tests and the benchmark.

    with server() as address: ...

`address` is what PAKKEFORLOP_DATABASE takes. Debian's packages are looked for; as root the server runs as `postgres`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/bin", "/usr/bin", "/usr/local/pgsql/bin")
MISSING = "no PostgreSQL: sudo apt-get install postgresql"


def programs() -> Path | None:
    """The folder that holds initdb and postgres; None where there is none."""
    found = [folder for place in PLACES for folder in sorted(Path("/").glob(place.lstrip("/")), reverse=True)]
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def _owner() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def start(folder: Path, *, durable: bool = False) -> subprocess.Popen[bytes]:
    """A running server whose data and socket are in `folder` (made for it); durable: with fsync, as in production."""
    bin_folder, owner = programs(), _owner()
    if bin_folder is None:
        raise FileNotFoundError(MISSING)
    if owner:
        shutil.chown(folder, owner)
    data = folder / "data"
    subprocess.run(
        [bin_folder / "initdb", "-D", data, "-U", "pakkeforlop", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        user=owner, check=True, stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    fast = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "max_connections=100", *fast]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [bin_folder / "postgres", "-D", data, *options], user=owner, stdout=log, stderr=log, cwd=folder
        )
    ready = [bin_folder / "pg_isready", "-h", folder, "-U", "pakkeforlop", "-t", "1", "-q"]
    for _ in range(300):
        if running.poll() is not None:
            raise RuntimeError((folder / "log").read_text(errors="replace"))
        if subprocess.run(ready, check=False).returncode == 0:
            return running
        subprocess.run(["sleep", "0.1"], check=True)
    raise TimeoutError("PostgreSQL did not start")


def stop(running: subprocess.Popen[bytes]) -> None:
    """End it: at once, its data is thrown away."""
    running.terminate()
    try:
        running.wait(10)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def address(folder: Path, name: str = "postgres") -> str:
    """What PAKKEFORLOP_DATABASE takes."""
    return f"postgresql://pakkeforlop@/{name}?host={folder}"


def make_database(folder: Path, name: str, *, like: str = "") -> str:
    """A new database on the server, empty or a copy of the one named `like`; its address."""
    bin_folder = programs()
    assert bin_folder is not None
    copied = ["-T", like] if like else []
    subprocess.run([bin_folder / "createdb", "-h", folder, "-U", "pakkeforlop", *copied, name], check=True)
    return address(folder, name)


def _say() -> None:
    """For make: succeeds where there is a server to start, else says how to get one."""
    if programs() is None:
        print(f"The tests on PostgreSQL are left out: {MISSING}")
        raise SystemExit(1)


@contextmanager
def server(*, durable: bool = False) -> Iterator[Path]:
    """A server for as long as it is needed; gives its folder."""
    folder = Path(tempfile.mkdtemp(prefix="pakkeforlop-pg-"))
    running = start(folder, durable=durable)
    try:
        yield folder
    finally:
        stop(running)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _say()
