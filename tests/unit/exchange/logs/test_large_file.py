"""A log that is larger than what memory is needed for it: read by the command itself, an event at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PEAK = (
    "import resource, sys\nfrom pathlib import Path\nfrom pakkeforlop.cli.main import app\n"
    "try: app(sys.argv[1:])\nexcept SystemExit as done: assert not done.code\n"
    "own = int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    "print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
"""The peaks in kB of the command and of the process that it reads in: together at most what it takes."""
EVENT = (
    '<event><string key="concept:name" value="{name}"/><date key="time:timestamp" value="2024-{month:02}-{day:02}T08:00:00.000+01:00"/>'
    '<string key="sykehus" value="974557746"/><string key="note" value="{filler}"/></event>'
)
MAPPING = """name = "Large"
[read]
format = "xes"
[place]
column = "sykehus"
[[milestone]]
key = "referral"
all = [{ column = "concept:name", is = "Henvist" }]
code = "A26A"
[[milestone]]
key = "attendance"
all = [{ column = "concept:name", is = "Frammøte" }]
code = "A26S"
"""


def write_log(path: Path, cases: int, events: int) -> int:
    """A log of so many cases with so many events each; megabytes."""
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0">')
        for case in range(cases):
            month = case % 12 + 1
            lines = [EVENT.format(name="Henvist", month=month, day=3, filler=""), EVENT.format(name="Frammøte", month=month, day=9, filler="")]
            lines += [EVENT.format(name=f"Prøve {n}", month=month, day=10, filler="x" * 60) for n in range(events - 2)]
            out.write(f'<trace><string key="concept:name" value="c{case}"/>{"".join(lines)}</trace>\n')
        out.write("</log>")
    return path.stat().st_size >> 20


@pytest.mark.slow
def test_more_events_take_no_more_memory(tmp_path: Path):
    """Ten times the events in the same cases: the peaks of both processes together grow by less than a tenth of it."""
    (tmp_path / "large.toml").write_text(MAPPING, encoding="utf-8")
    sizes, peaks = [], []
    for name, events in (("small", 12), ("large", 120)):
        sizes.append(write_log(tmp_path / f"{name}.xes", 2_500, events))
        words = ["registrations", "convert", tmp_path / f"{name}.xes", "--mapping", tmp_path / "large.toml", "--out", tmp_path / name, "--quiet"]
        done = subprocess.run([sys.executable, "-c", PEAK, *map(str, words)], capture_output=True, text=True, check=True)
        peaks.append(sum(map(int, done.stdout.split())) >> 10)
        assert len((tmp_path / name / "registrations.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2 * 2_500
    assert sizes[1] > 60, sizes
    assert peaks[1] - peaks[0] < (sizes[1] - sizes[0]) / 10, (peaks, sizes)
    assert peaks[1] < 500, peaks
