"""Any patient's pathways in words: which registration made which point, what was set aside and why, which limit held.

The page, the API, the return file and the tests use this same text (texts/explain.toml; message texts from the
catalogue). Nothing is computed here that the kernel has not computed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.catalogue.units import Units
from pakkeforlop.episodes.rows import Linking
from pakkeforlop.vocabulary.calendar import day_of


@dataclass(frozen=True)
class RowStory:
    """One registration: its day, code, what the code means, where, whether it is used, and what is said of it."""

    day: str
    code: str
    meaning: str
    place: str
    used: bool
    standing: str
    messages: tuple[str, ...]


@dataclass(frozen=True)
class EpisodeStory:
    """One pathway instance: a title, sentences in the order a reader asks, and its registrations.

    The sentences are those of where it stands (start, transfer, end, share), of its times, and of the limit's source.
    """

    episode_id: str
    title: str
    standing: tuple[str, ...]
    times: tuple[str, ...]
    limit: str
    rows: tuple[RowStory, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said of it, in order."""
        return (*self.standing, *self.times, *((self.limit,) if self.limit else ()))


@dataclass(frozen=True)
class Story:
    """All pathways of one patient, and the registrations that belong to none."""

    episodes: tuple[EpisodeStory, ...]
    outside_title: str
    outside: tuple[RowStory, ...]


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts" / "explain.toml").read_text(encoding="utf-8"))


class Teller:
    """Tells linked registrations in one language (nb, nn, en)."""

    def __init__(self, linking: Linking, catalogue: Catalogue, source: pa.Table, language: str = "nb") -> None:
        self.linking, self.catalogue, self.language = linking, catalogue, language
        self.source = source
        self.units = Units(catalogue)
        self.as_of = day_of(linking.linked.as_of)
        self.lines = linking.messages.to_pylist()

    def say(self, key: str, **values: object) -> str:
        """A sentence of texts/explain.toml."""
        return str(_texts()[key][self.language]).format(**values)

    def day(self, day: date | None) -> str:
        """A day as in a sentence."""
        if day is None:
            return self.say("unknown_date")
        month = _texts()["months"][self.language][day.month - 1]
        return f"{day.day} {month} {day.year}" if self.language == "en" else f"{day.day}. {month} {day.year}"

    def place(self, number: str | None) -> str:
        """The name of an organisation number; the number itself where nobody knows it."""
        if number is None:
            return ""
        found = self.units.resolve(number)
        return found.name if found else number

    def meaning(self, code: str) -> str:
        """What a code means: the family's name of its event."""
        pathway = self.catalogue.pathways.get(code[:3])
        if pathway is None:
            return ""
        events = self.catalogue.families[pathway.family].event
        return next((event.name.of(self.language) for event in events if event.suffix == code[3:]), "")

    def message(self, number: int) -> str:
        """A message with its number, what is wrong and what to do."""
        said = self.catalogue.messages[number]
        return f"{number}: {said.text.of(self.language)} {said.what_now.of(self.language)}"

    def story(self) -> Story:
        """The whole story of the registrations that were linked: meant for one patient."""
        episodes = self.linking.episodes.to_pylist()
        rows = self._rows()
        by_episode: dict[int, list[RowStory]] = {n: [] for n in range(len(episodes))}
        outside: list[RowStory] = []
        for n, row in rows:
            (by_episode[n] if n >= 0 else outside).append(row)
        told = tuple(self._episode(episode, by_episode[n]) for n, episode in enumerate(episodes))
        return Story(told, self.say("outside"), tuple(outside))

    def _rows(self) -> list[tuple[int, RowStory]]:
        """Each registration with the episode it belongs to (-1 none), in the order of the rules."""
        table = self.source
        count = table.num_rows
        messages: dict[int, list[dict[str, Any]]] = {}
        for line in self.lines:
            messages.setdefault(line["at"], []).append(line)
        episodes = self.linking.episodes
        starts = list(
            zip(*(episodes[name].to_pylist() for name in ("patient_id", "pathway", "start_date")), strict=True)
        )
        columns = {name: table[name].to_pylist() for name in ("patient_id", "code", "institution")}
        days = pc.cast(table["day"], pa.date32()).to_pylist()
        tables = self.linking.linked.tables
        told = []
        for n in range(count):
            code, day = columns["code"][n], days[n]
            said = messages.get(n, [])
            used = all(line["counted"] for line in said)
            home = -1
            outside = any(line["episode"] is None and not line["counted"] for line in said)
            if day is not None and not outside and code in tables.codes:
                for e, (patient, prefix, start) in enumerate(starts):
                    if patient == columns["patient_id"][n] and prefix == code[:3] and start <= day:
                        home = e
            story = RowStory(
                day=self.day(day),
                code=code,
                meaning=self.meaning(code),
                place=self.place(columns["institution"][n]),
                used=used,
                standing=self.say("row_used" if used else "row_aside"),
                messages=tuple(self.message(line["message"]) for line in said),
            )
            told.append(((day or date.max, tables.codes.get(code, 1 << 20), n), home, story))
        return [(home, story) for _, home, story in sorted(told, key=lambda item: item[0])]

    def _episode(self, episode: dict[str, Any], rows: list[RowStory]) -> EpisodeStory:
        pathway = self.catalogue.pathways[episode["pathway"]]
        title = self.say("title", pathway=pathway.name.of(self.language), number=episode["episode"])
        opening = "started_via_specialist" if episode["via_specialist"] else "started"
        start_code = episode["pathway"] + ("AA" if episode["via_specialist"] else "A")
        sentences = [
            self.say(
                opening, date=self.day(episode["start_date"]), place=self.place(episode["start_institution"]),
                code=start_code,
            ),
            self._end(episode),
            self.share(episode),
        ]  # fmt: skip
        if episode["transferred"]:
            sentences.insert(1, self.say("transferred", trusts=episode["trusts"], trust=self.place(episode["trust"])))
        times, limit = self._spans(episode), self._limit(episode) or ""
        return EpisodeStory(episode["episode_id"], title, tuple(sentences), tuple(times), limit, tuple(rows))

    def _end(self, episode: dict[str, Any]) -> str:
        if episode["end"] is None:
            days = (self.as_of - episode["start_date"]).days
            return self.say("is_open", days=days, date=self.day(self.as_of))
        if episode["end"] == "R":
            return self.say("closed_by_rule", date=self.day(episode["end_date"]))
        code = episode["pathway"] + episode["end"]
        meaning = self.meaning(code)
        return self.say(
            "ended", date=self.day(episode["end_date"]), place=self.place(episode["end_institution"]), code=code,
            what=meaning[:1].lower() + meaning[1:],
        )  # fmt: skip

    def share(self, episode: dict[str, Any]) -> str:
        """Whether the episode counts in its share, or why not."""
        reason = episode["share_reason"]
        family = self.catalogue.families[self.catalogue.pathways[episode["pathway"]].family]
        if not family.share_to:
            return self.say("share_none")
        if reason != "counts":
            return self.say(f"share_{reason}")
        days, limit = episode["share_days"], episode["share_limit"]
        key = "share_counts_within" if episode["share_within"] else "share_counts_over"
        key += "_decision" if family.share_to == "decision" else ""
        return self.say(key, days=days, limit=limit, over=days - limit)

    def _spans(self, episode: dict[str, Any]) -> list[str]:
        family = self.catalogue.families[self.catalogue.pathways[episode["pathway"]].family]
        said = []
        for span in family.span:
            days, limit = episode[f"{span.key}_days"], episode[f"{span.key}_limit"]
            name = span.name.of(self.language)
            name = name[:1].lower() + name[1:]
            if days is None:
                if episode["end"] not in (None, "R") and span.to != "treatment":
                    missing = next(
                        (p for p in (span.start, span.to) if p != "start" and self._day_of(episode, p) is None), None
                    )
                    if missing and missing in _texts()["points"]:
                        point = _texts()["points"][missing][self.language]
                        said.append(self.say("missing_point", label=span.label, point=point))
                continue
            since = self._day_of(episode, span.start)
            until = self._day_of(episode, span.to) or (since and since + timedelta(days))
            between = self.say(
                "span_between", from_code=self._code_of(episode, span.start), from_date=self.day(since),
                to_code=self._code_of(episode, span.to), to_date=self.day(until),
            )  # fmt: skip
            key = "span_no_limit" if limit is None else "span_within" if days <= limit else "span_over"
            over = 0 if limit is None else days - limit
            said.append(f"{self.say(key, label=span.label, span=name, days=days, limit=limit, over=over)} {between}")
        return said

    def _code_of(self, episode: dict[str, Any], point: str) -> str:
        prefix: str = episode["pathway"]
        if point == "start":
            return f"{prefix}{'AA' if episode['via_specialist'] else 'A'}"
        family = self.catalogue.families[self.catalogue.pathways[prefix].family]
        kind = episode.get(point) or ""
        return next((prefix + e.suffix for e in family.event if e.point == point and e.kind == kind), prefix)

    def _day_of(self, episode: dict[str, Any], point: str) -> date | None:
        """The day of a point that has a column of its own."""
        found: date | None = episode[f"{DATED[point]}_date"] if point in DATED else None
        return found

    def _limit(self, episode: dict[str, Any]) -> str | None:
        """The source of the limit that the share was measured against, or else of the first one in force."""
        if episode["limit_version"] is None:
            return None
        pathway = self.catalogue.pathways[episode["pathway"]]
        own = [span.limit for span in self.catalogue.families[pathway.family].span]
        blocks = [
            block
            for label in ([label for label in ("OF4", "OF1") if label in own] or own)
            for block in pathway.time_limit.get(label, ())
            if block.valid_from <= episode["start_date"] and block.kind in ("", episode["treatment"] or "")
        ]
        if not blocks:
            return None
        by_kind = [block for block in blocks if block.kind]
        block = max(by_kind or blocks, key=lambda block: block.valid_from)
        known = _texts()["confidences"]
        sure = ", ".join(known.get(part, {}).get(self.language, part) for part in block.confidence.split("+"))
        since = date.fromisoformat(episode["limit_version"].split("@")[1])
        return self.say(
            "limit_source", date=self.day(since), start=self.day(episode["start_date"]),
            source=self.catalogue.source_named(block.source, self.language), confidence=sure,
        )  # fmt: skip


DATED = {"start": "start", "attendance": "first_attendance", "decision": "decision", "treatment": "treatment"}
"""The column that holds the day of a point."""


def as_text(story: Story) -> str:
    """The story as plain text, for a terminal or a letter."""
    blocks = []
    for episode in story.episodes:
        lines = [f"{episode.title}  [{episode.episode_id}]", *(f"  {sentence}" for sentence in episode.sentences)]
        blocks.append("\n".join([*lines, *_row_lines(episode.rows)]))
    if story.outside:
        blocks.append("\n".join([story.outside_title, *_row_lines(story.outside)]))
    return "\n\n".join(blocks)


def _row_lines(rows: tuple[RowStory, ...]) -> list[str]:
    lines = []
    for row in rows:
        lines.append(f"    {row.day:<18} {row.code:<6} {row.standing:<12} {row.meaning} · {row.place}")
        lines += [f"    {'':<18} {'':<6} {message}" for message in row.messages]
    return lines
