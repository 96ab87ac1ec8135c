"""A return in our own form of the feedback message: what a receiver answers, to senders who test and to all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from lxml import etree

from pakkeforlop.exchange.npr.envelope import Head, enveloped
from pakkeforlop.exchange.npr.versions import Version

ERROR = "Feil"
ATTRIBUTES = {
    "message": "feilkode", "severity": "alvorlighet", "text": "tekst", "line": "linje", "patient": "pasientNr",
    "episode": "episodeID", "registration": "prosNr", "code": "kodeVerdi", "date": "startDatoTid",
    "institution": "orgNr",
}  # fmt: skip
REJECTED = "SKJEMA"
"""Stands for the number of a message where the schema speaks."""


def error_of(row: Mapping[str, Any], patient: str) -> dict[str, str]:
    """A row of messages.csv as an error of a return; patient: the sender's own number of the patient.

    Severity A: the code was not used; B: it was.
    """
    return {
        "message": str(row["message"]), "severity": "B" if row["counted"] else "A", "text": row["text_nb"],
        "registration": row["registration_id"] or "", "patient": patient, "code": row["code"] or "",
        "date": row["event_date"].isoformat() if row["event_date"] else "", "institution": row["institution"] or "",
    }  # fmt: skip


def write_return(
    stream: BinaryIO, head: Head, errors: Iterable[Mapping[str, str]], version: Version, *, kind: str
) -> None:
    """Write a return to the institution of `head`. kind: NPR_VAL or NPR_ERR; errors by our words (see ATTRIBUTES)."""
    namespace = version.namespace(head.module)
    with enveloped(stream, head, version, kind=kind) as out:
        name = f"{{{namespace}}}{version.element('institution')}"
        with out.element(name, {version.attribute("institution_id"): head.institution}):
            for one in errors:
                given = {ATTRIBUTES[word]: value for word, value in one.items() if value}
                element = etree.Element(f"{{{namespace}}}{ERROR}", given, {None: namespace})
                element.tail = "\n"
                out.write(element)
