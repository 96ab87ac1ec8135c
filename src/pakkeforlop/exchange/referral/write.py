"""The pathway part of an onward referral, to be put into the message that the record system makes.

One `Pakkeforlop` for each code, with its date in words, since the standard has no field for it; the urgency PK; the
dates of receipt and assessment by list 9147.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from pakkeforlop.catalogue.model import Catalogue

ISSUE = "2017-11-30"
NAMESPACE = f"http://ehelse.no/xmlstds/henvisning/{ISSUE}"
OID = "2.16.578.1.12.4.1.1."
LISTS = {"8480": "8480", "9327": "9327"}
KINDS = (
    ("seniority", "1", "Ansiennitetsdato"), ("assessed", "2", "Vurderingsdato"),
    ("limit", "3", "Frist for nødvendig helsehjelp"), ("waiting_ended", "4", "Ventetid sluttdato"),
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A code that goes with the patient, and the day of its event."""

    code: str
    day: date


def pathway_part(codes: Sequence[Sent], catalogue: Catalogue, dates: Mapping[str, date] | None = None) -> bytes:
    """The elements ReqServ, VurderingAvHenvisning and Pakkeforlop of a referral, in the standard's order.

    dates: by kind (seniority, assessed, limit, waiting_ended). The root is the referral's own, with nothing else in it.
    """
    root = etree.Element(_name("Henvisning"), nsmap={None: NAMESPACE})
    asked = etree.SubElement(root, _name("ReqServ"))
    etree.SubElement(asked, _name("ServType"), {"V": "N", "DN": "Ny"})
    etree.SubElement(asked, _name("Priority"), {"V": "PK", "DN": "Pakkeforløp for kreft (elektiv)"})
    known = dates or {}
    if known:
        assessment = etree.SubElement(root, _name("VurderingAvHenvisning"))
        for word, number, text in KINDS:
            if word in known:
                one = etree.SubElement(assessment, _name("DatoMottakOgVurdering"))
                etree.SubElement(one, _name("TypeDato"), {"V": number, "S": f"{OID}9147", "DN": text})
                etree.SubElement(one, _name("Dato")).text = known[word].isoformat()
    for sent in sorted(codes, key=lambda one: (one.day, one.code)):
        definition = catalogue.codes.get(sent.code)
        number = LISTS.get(definition.list, "8480") if definition else "8480"
        text = definition.nb if definition else sent.code
        pathway = etree.SubElement(root, _name("Pakkeforlop"))
        etree.SubElement(pathway, _name("Pakkeforlopskode"), {"V": sent.code, "S": f"{OID}{number}", "DN": text})
        etree.SubElement(pathway, _name("Merknad")).text = f"{text}: {sent.day:%d.%m.%Y}"
    etree.indent(root)
    found: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return found + b"\n"


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
