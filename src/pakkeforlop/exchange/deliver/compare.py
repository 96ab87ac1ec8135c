"""A delivered file against one's own registrations: differences by episode, never by totals only.

Rows are paired by the id of the instance, then (for files with other ids) by pathway, start, its institution and the
birth date; among several that fit, the pair with the fewest different cells is taken first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pakkeforlop.exchange.deliver.layout import column_names

NOT_COMPARED = frozenset({"lopenr", "pfInstansId"})
OF_THE_PERSON = frozenset({"KommuneNr", "BydelNr", "FødselsDato", "DødsDato"})
KEY = ("Forløp", "StartDato", "Ainst", "FødselsDato")
WEAK_KEY = ("Forløp", "FødselsDato", "Ainst")

Row = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """kind: only_in_file, only_here or differs. `because` names a likely reason (texts/deliver.toml), or is empty."""

    kind: str
    file_row: int | None
    file: Row
    own: Row
    column: str = ""
    because: str = ""

    def record(self) -> Row:
        """As a line of the list of differences."""
        row = self.file or self.own
        return {
            "kind": self.kind,
            "file_row": self.file_row,
            "lopenr": self.file.get("lopenr", ""),
            "pfInstansId": self.file.get("pfInstansId", ""),
            "episode_id": self.own.get("episode", ""),
            "patient_id": self.own.get("patient", ""),
            "pathway": row["Forløp"],
            "start_date": row["StartDato"],
            "column": self.column,
            "in_file": self.file.get(self.column, "") if self.column else "",
            "own": self.own.get(self.column, "") if self.column else "",
            "because": self.because,
        }


@dataclass
class Comparison:
    """How many rows were paired, how many of those are equal, and every difference."""

    file_rows: int
    own_rows: int
    paired: int = 0
    equal: int = 0
    differences: list[Difference] = field(default_factory=list)


def compare(delivered: pa.Table, own: pa.Table, *, with_people: bool) -> Comparison:
    """Compare a file with the rows made of one's own registrations (`table.rows_of`).

    with_people: one's own rows have residence, birth and death; else those columns are left alone.
    """
    files: list[Row] = delivered.to_pylist()
    owns: list[Row] = own.to_pylist()
    left_out = NOT_COMPARED | (frozenset() if with_people else OF_THE_PERSON)
    compared = [name for name in column_names() if name not in left_out]
    found = Comparison(len(files), len(owns))
    pairs, lone_files, lone_owns = _paired(files, owns, compared, with_people=with_people)
    for at, mine in pairs:
        _judge(found, at, files[at], owns[mine], compared)
    for at in lone_files:
        found.differences.append(Difference("only_in_file", at + 1, files[at], {}, because=_because(files[at], {})))
    for at in lone_owns:
        found.differences.append(Difference("only_here", None, {}, owns[at], because=_because({}, owns[at])))
    found.differences.sort(key=lambda one: (one.file_row is None, one.file_row or 0, one.own.get("episode", "")))
    return found


def _judge(found: Comparison, at: int, file: Row, own: Row, compared: Iterable[str]) -> None:
    found.paired += 1
    columns = [name for name in compared if file[name] != own[name]]
    found.equal += not columns
    for column in columns:
        found.differences.append(Difference("differs", at + 1, file, own, column, _because(file, own)))


def _because(file: Row, own: Row) -> str:
    """Codes at another trust are the usual reason: one's own registrations do not hold them."""
    if (file and _count(file["AntHf"]) > 1) or (own and own["Overf"] == "1"):
        return "other_trust"
    return "" if file else "earlier_start"


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _paired(
    files: list[Row], owns: list[Row], compared: list[str], *, with_people: bool
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    by_id = {row["episode"]: at for at, row in enumerate(owns)}
    pairs = [(at, by_id[row["pfInstansId"]]) for at, row in enumerate(files) if row["pfInstansId"] in by_id]
    for key in (KEY, WEAK_KEY):
        names = [name for name in key if with_people or name not in OF_THE_PERSON]
        if key == WEAK_KEY and not with_people:
            break  # pathway and institution alone name nobody
        pairs += _by_key(files, owns, pairs, names, compared)
    seen_files, seen_owns = {at for at, _ in pairs}, {at for _, at in pairs}
    return (
        pairs,
        [at for at in range(len(files)) if at not in seen_files],
        [at for at in range(len(owns)) if at not in seen_owns],
    )


def _by_key(
    files: list[Row], owns: list[Row], pairs: list[tuple[int, int]], names: list[str], compared: list[str]
) -> list[tuple[int, int]]:
    """More pairs among the rows not paired yet, those with the fewest different cells first."""
    seen_files, seen_owns = {at for at, _ in pairs}, {at for _, at in pairs}
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, row in enumerate(owns):
        if at not in seen_owns:
            waiting[tuple(row[name] for name in names)].append(at)
    fits = []
    for at, row in enumerate(files):
        if at in seen_files:
            continue
        for mine in waiting.get(tuple(row[name] for name in names), ()):
            fits.append((sum(row[name] != owns[mine][name] for name in compared), at, mine))
    made = []
    for _, at, mine in sorted(fits):
        if at not in seen_files and mine not in seen_owns:
            seen_files.add(at)
            seen_owns.add(mine)
            made.append((at, mine))
    return made


def difference_table(found: Comparison, texts: dict[str, str]) -> pa.Table:
    """The list of differences. `texts`: the sentence of each reason."""
    records = [one.record() for one in found.differences]
    names = list(Difference("", None, {"Forløp": "", "StartDato": ""}, {}).record())
    columns = {
        name: pa.array([record[name] for record in records], pa.int64() if name == "file_row" else pa.string())
        for name in names
    }
    columns["because"] = pa.array([texts.get(record["because"], "") for record in records], pa.string())
    return pa.table(columns)
