"""Public pages and the open API against a static file, through the same server in the same run: p50 and p95.

    python -m bench.public [--requests 2000] [--releases DIR] [--json out.json]

Starts the application on a free port with an empty store, asks for each address in turn over connections that are kept
open, and prints each one's p95 beside that of the static file. The goal is at most twice as long.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GOAL = 2.0
WARM = 20
STATIC = "static file"
ADDRESSES = {
    "front page": "/statistikk/",
    "page of a cancer": "/statistikk/kreftform/breast/",
    "page of a hospital": "/statistikk/sykehus/983974724/",
    "a figure opened": "/statistikk/tall/of4_share-all-all_organ_specific-900000000-2021/",
    "API: a figure": "/api/v1/figures/of4_share-all-all_organ_specific-900000000-2021",
    "API: the country": "/api/v1/figures?indicator=of4_share&org_nr=900000000",
}


@contextmanager
def server(releases: str) -> Iterator[tuple[str, int, Path]]:
    """The application on a free port: host, port and the folder of collected static files."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        program = Path(sys.executable).parent / "pakkeforlop"
        command = [str(program), "serve", "--store", folder, "--port", str(port), "--quiet"]
        environment = {**os.environ, "PAKKEFORLOP_API_PER_MINUTE": "100000000"}
        if releases:
            environment["PAKKEFORLOP_RELEASES"] = releases
        running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            yield "127.0.0.1", port, Path(folder) / "static"
        finally:
            running.terminate()
            running.wait(20)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/statistikk/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not answer within two minutes")


def static_file(folder: Path, size: int) -> str:
    """The address of the collected static file that is nearest in size to the pages."""
    packed = [path for path in folder.rglob("*.*.*") if path.suffix in {".css", ".js", ".svg"}]
    best = min(packed, key=lambda path: abs(path.stat().st_size - size))
    return f"/static/{best.relative_to(folder).as_posix()}"


def measure(host: str, port: int, addresses: dict[str, str], requests: int) -> dict[str, list[float]]:
    """Seconds of each request, the addresses in turn."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    for turn in range(requests + WARM):
        for name, address in addresses.items():
            begun = time.perf_counter()
            connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            content = answer.read()
            spent = time.perf_counter() - begun
            if answer.status != 200 or not content:
                raise SystemExit(f"{address} answered {answer.status}")
            if turn >= WARM:
                taken[name].append(spent)
    return taken


def main() -> None:
    """Measure and print; ends with 1 when an address takes more than twice the static file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--releases", default="", help="a folder of releases; without one the published past")
    parser.add_argument("--json", default="")
    asked = parser.parse_args()
    with server(asked.releases) as (host, port, folder):
        connection = http.client.HTTPConnection(host, port, timeout=30)
        connection.request("GET", "/statistikk/")
        size = len(connection.getresponse().read())
        addresses = {STATIC: static_file(folder, size), **ADDRESSES}
        taken = measure(host, port, addresses, asked.requests)
    p95 = {name: statistics.quantiles(seconds, n=20)[-1] for name, seconds in taken.items()}
    rows = [
        {"what": name, "address": addresses[name], "p50_ms": 1000 * statistics.median(taken[name]),
         "p95_ms": 1000 * p95[name], "ratio_p95": p95[name] / p95[STATIC]}
        for name in addresses
    ]  # fmt: skip
    for row in rows:
        times = f"p50 {row['p50_ms']:7.2f} ms   p95 {row['p95_ms']:7.2f} ms"
        print(f"{row['what']:<20} {times}   {row['ratio_p95']:5.2f} x static")
    if asked.json:
        Path(asked.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")
    sys.exit(int(any(row["ratio_p95"] > GOAL for row in rows)))


if __name__ == "__main__":
    main()
