"""The list of messages that a receiver has had, from run to run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pakkeforlop.exchange.csv.write import written_beside
from pakkeforlop.exchange.npr.acceptance import Arrived
from pakkeforlop.vocabulary.errors import FileFault, unreadable


class Received:
    """The messages that runs have had, each with its run: one that comes again in a later run is a replay."""

    def __init__(self, path: Path | None, run: str) -> None:
        self._path, self._run = path, run
        self._known: dict[str, dict[str, str]] = self._read()

    def earlier(self) -> dict[str, str]:
        """Message ids of other runs, and which."""
        return {key: one["run"] for key, one in self._known.items() if one["run"] != self._run}

    def write(self, arrived: Sequence[Arrived]) -> None:
        """Add this run's messages; nothing without a file."""
        if self._path is None:
            return
        for one in arrived:
            if one.head is not None and one.refusal is None:
                about = {"run": self._run, "sha256": one.sha256, "sender": one.sender}
                self._known.setdefault(str(one.of("message_id")), about)
        with written_beside(self._path) as stream:
            stream.write(json.dumps(self._known, indent=1, sort_keys=True).encode() + b"\n")

    def _read(self) -> dict[str, dict[str, str]]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): {"run": str(one["run"]), **one} for key, one in found.items()}
        except OSError as error:
            raise unreadable(error, self._path) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise FileFault("npr_ledger", file=self._path.name) from error
