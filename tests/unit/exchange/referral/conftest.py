"""A referral with pathway codes, as the national standard has them."""

from __future__ import annotations

from pathlib import Path

import pytest

REFERRAL = """<?xml version="1.0" encoding="utf-8"?>
<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo>
<Type V="HENVISNING_VIDERE" DN="Viderehenvisning"/><MIGversion>v1.2 2006-05-24</MIGversion>
<GenDate>2022-01-10T08:39:12</GenDate><MsgId>m-1</MsgId>
<Sender><Organisation><OrganisationName>Helse Førde HF</OrganisationName><Ident><Id>39</Id>
<TypeId V="HER" DN="HER-id" S="2.16.578.1.12.4.1.1.9051"/></Ident>
<Organisation><OrganisationName>Kirurgi</OrganisationName></Organisation></Organisation></Sender>
<Receiver><Organisation><OrganisationName>Helse Bergen HF</OrganisationName></Organisation></Receiver>
<Patient><FamilyName>Ullgenser</FamilyName><GivenName>Lystig</GivenName><Ident><Id>12055612344</Id>
<TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116"/></Ident></Patient></MsgInfo>
<Document><RefDoc><MsgType V="XML" DN="XML-instans"/><Content>
<Henvisning xmlns="http://ehelse.no/xmlstds/henvisning/{issue}">
<ServType V="N" DN="Ny"/><Diagnosis><Concept V="C34" S="2.16.578.1.12.4.1.1.7170"/></Diagnosis>
<ReqServ><ServType V="N"/><Priority V="PK" DN="Pakkeforløp for kreft (elektiv)"/></ReqServ>
<VurderingAvHenvisning>
<DatoMottakOgVurdering><TypeDato V="1" S="2.16.578.1.12.4.1.1.9147"/><Dato>2021-12-16</Dato></DatoMottakOgVurdering>
<DatoMottakOgVurdering><TypeDato V="3" S="2.16.578.1.12.4.1.1.9147"/><Dato>2022-01-12</Dato></DatoMottakOgVurdering>
</VurderingAvHenvisning>
{codes}
</Henvisning></Content></RefDoc></Document>
<Document><RefDoc><MsgType V="A"/><Content><Base64Container xmlns="http://www.kith.no/xmlstds/base64container">{attachment}</Base64Container></Content></RefDoc></Document>
</MsgHead>
"""
CODES = (("A26A", "Henvisning mottatt: 16.12.2021"), ("A26S", "Første fremmøte 27.12.21"), ("A26CK", "Besluttet i MDT"))


def referral(codes=CODES, *, issue="2017-11-30", attachment="QUJD") -> str:
    parts = "".join(
        f'<Pakkeforlop><Pakkeforlopskode V="{code}" S="2.16.578.1.12.4.1.1.8480" DN="x"/>'
        + (f"<Merknad>{remark}</Merknad>" if remark else "") + "</Pakkeforlop>"
        for code, remark in codes
    )  # fmt: skip
    return REFERRAL.format(codes=parts, issue=issue, attachment=attachment)


@pytest.fixture
def letter(tmp_path: Path):
    def make(text: str | None = None) -> Path:
        path = tmp_path / "referral.xml"
        path.write_text(referral() if text is None else text, encoding="utf-8")
        return path

    return make
