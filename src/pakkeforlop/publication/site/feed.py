"""The feed of releases (Atom, RFC 4287): one entry a release, withdrawn ones said to be so."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from pakkeforlop.publication.site.scene import Scene


def atom(scene: Scene) -> bytes:
    """The feed."""
    t, library, host = scene.t, scene.book.library, scene.host
    newest = max((one.released for one in library.releases), default="2015-01-01")
    own = host + scene.url("utgaver.atom")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{scene.language}">',
        f"<id>{escape(own)}</id>",
        f"<title>{escape(scene.marked(t('releases.feed_title')))}</title>",
        f"<updated>{_moment(newest)}</updated>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(host + scene.url("utgaver/"))}/>',
        f"<author><name>{escape(t('brand'))}</name></author>",
    ]
    for one in reversed(library.releases):
        address = host + scene.url(f"utgaver/{one.name}/")
        told = (
            t("releases.withdrawn_note", reason=one.withdrawn)
            if one.withdrawn
            else t(
                "releases.entry",
                years=", ".join(str(year) for year in one.years),
                n=scene.form.integer(int(one.record.get("figures", 0))),
            )
        )
        lines += [
            "<entry>",
            f"<id>{escape(address)}</id>",
            f"<title>{escape(scene.release_name(one))}</title>",
            f"<updated>{_moment(one.released)}</updated>",
            f'<link rel="alternate" type="text/html" href={quoteattr(address)}/>',
            f"<summary>{escape(told)}</summary>",
            "</entry>",
        ]
    return ("\n".join([*lines, "</feed>"]) + "\n").encode()


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"
