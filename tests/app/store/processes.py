"""Real processes on a store of their own: started, killed, asked."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Store:
    """A store that processes reach by their environment."""

    environment: dict[str, str]
    folder: Path

    def python(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        """A running process of our Python, with Django ready."""
        ready = "import django; django.setup()\n"
        return subprocess.Popen(
            [sys.executable, "-c", ready + program, *arguments], env=self.environment, cwd=self.folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, program: str, *arguments: str) -> str:
        """What a process prints; it must succeed."""
        running = self.python(program, *arguments)
        out, err = running.communicate(timeout=300)
        assert running.returncode == 0, err
        return out.strip()

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """A running `pakkeforlop`."""
        return subprocess.Popen(
            [sys.executable, "-c", "from pakkeforlop.cli.main import app; app()", *arguments], env=self.environment,
            cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str) -> str:
        """What `pakkeforlop` prints; it must succeed."""
        running = self.command(*arguments)
        out, err = running.communicate(timeout=600)
        assert running.returncode == 0, err
        return out


def environment(folder: Path, database: str = "") -> dict[str, str]:
    """Of a process whose store is in `folder`, or in a PostgreSQL database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PAKKEFORLOP_", "DJANGO_"))}
    cache = os.environ.get("PAKKEFORLOP_CACHE")
    return {
        **kept,
        **({"PAKKEFORLOP_CACHE": cache} if cache else {}),
        "DJANGO_SETTINGS_MODULE": "pakkeforlop.config.settings",
        "PAKKEFORLOP_HOME": str(folder / "store"),
        "PAKKEFORLOP_DATABASE": database,
        "PAKKEFORLOP_TODAY": "2024-03-15",
        "PAKKEFORLOP_LANGUAGE": "en",
    }


def rows(patients: int, per_patient: int = 4) -> list[dict[str, Any]]:
    """Registrations of so many patients, each with a whole pathway of its own."""
    codes = (("A26A", 4), ("A26S", 11), ("A26CK", 25), ("A26FK", 39))[:per_patient]
    return [
        {
            "patient_id": f"p{n:05}", "code": code, "institution": "974557746", "registration_id": f"{n}-{code}",
            "event_date": f"2024-0{1 + day // 31}-{1 + day % 31 % 28:02}",
        }
        for code, day in codes for n in range(patients)
    ]  # fmt: skip


def write(path: Path, table: list[dict[str, Any]]) -> Path:
    """As a CSV file."""
    names = list(table[0])
    lines = [",".join(names), *(",".join(str(row[name]) for name in names) for row in table)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
