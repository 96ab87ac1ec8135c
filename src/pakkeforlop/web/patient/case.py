"""Everything that the page of a patient shows of one pathway, fetched once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pakkeforlop.access.models import Post
from pakkeforlop.access.scope import units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.catalogue.model import Family, Pathway
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import current, history
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries import patient as queries
from pakkeforlop.coordination.queries.patient import Hanging
from pakkeforlop.episodes import store
from pakkeforlop.episodes.explain import EpisodeStory, Teller
from pakkeforlop.episodes.models import EpisodeMessage

Episode = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One pathway of a patient as of a day. `episode` is None where no code has opened one."""

    patient: Patient
    on: date
    pathway: Pathway
    family: Family
    episode: Episode | None
    told: EpisodeStory | None
    teller: Teller
    others: tuple[Episode, ...]
    rows: tuple[Registration, ...]
    versions: dict[str, list[Registration]]
    row: WorklistRow | None
    hanging: Hanging
    posts: tuple[Post, ...]
    messages: tuple[EpisodeMessage, ...]

    @property
    def prefix(self) -> str:
        """The pathway's prefix, such as A26."""
        return self.pathway.code

    @property
    def hospital(self) -> str:
        """Who holds responsibility now: as the list says, else where the last code was used."""
        if self.row is not None:
            return self.row.hospital
        if self.rows:
            unit = units().resolve(self.rows[-1].institution)
            return unit.org_nr if unit else self.rows[-1].institution
        return ""


def case_of(patient: Patient, *, on: date, language: str, pathway: str = "", number: int | None = None) -> Case:
    """The pathway asked for; else the open one that started last, else the last one there is."""
    linking, source = store.linking_of(patient, as_of=on)
    catalogue = load_catalogue()
    teller = Teller(linking, catalogue, source, language)
    episodes, stories = linking.episodes.to_pylist(), teller.story().episodes
    at = _chosen(episodes, pathway, number)
    episode = episodes[at] if at is not None else None
    rows = current(patient, as_of=on)
    prefix = episode["pathway"] if episode else pathway if pathway in catalogue.pathways else _prefix(rows)
    found = catalogue.pathways[prefix]
    return Case(
        patient=patient,
        on=on,
        pathway=found,
        family=catalogue.families[found.family],
        episode=episode,
        told=stories[at] if at is not None else None,
        teller=teller,
        others=tuple(one for n, one in enumerate(episodes) if n != at),
        rows=tuple(row for row in rows if row.code[:3] == prefix),
        versions=_of_pathway(history(patient), prefix),
        row=queries.row_of(patient, prefix, episode["episode"] if episode else None),
        hanging=queries.hanging(patient, prefix),
        posts=_posts(prefix, rows, on),
        messages=tuple(EpisodeMessage.objects.filter(patient=patient)),
    )


def _chosen(episodes: list[Episode], pathway: str, number: int | None) -> int | None:
    """The place of the pathway to show."""
    order = sorted(range(len(episodes)), key=lambda n: episodes[n]["start_date"])
    wanted = [n for n in order if episodes[n]["pathway"] == pathway and number in (None, episodes[n]["episode"])]
    if pathway:
        return wanted[-1] if wanted else None
    still_open = [n for n in order if episodes[n]["end"] is None]
    return (still_open or order or [None])[-1]  # type: ignore[list-item]


def _prefix(rows: list[Registration]) -> str:
    """The prefix of the last code that belongs to a pathway of the catalogue."""
    known = load_catalogue().pathways
    return next((row.code[:3] for row in reversed(rows) if row.code[:3] in known), next(iter(known)))


def _of_pathway(versions: dict[str, list[Registration]], prefix: str) -> dict[str, list[Registration]]:
    """Registrations that are, or once were, of the pathway."""
    return {name: rows for name, rows in versions.items() if any(row.code[:3] == prefix for row in rows)}


def _posts(prefix: str, rows: list[Registration], on: date) -> tuple[Post, ...]:
    orgs: list[str] = []
    for row in reversed(rows):
        unit = units().resolve(row.institution)
        if row.code[:3] != prefix or unit is None:
            continue
        trust = load_catalogue().trusts.get(unit.trust(on))
        orgs += [number for number in (unit.org_nr, trust.org_nr if trust else "") if number and number not in orgs]
    return tuple(queries.posts_for(prefix, orgs, on=on))
