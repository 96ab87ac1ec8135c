"""The signs of the keys under charts, drawn with the same classes as the charts."""

from __future__ import annotations

from markupsafe import Markup

from pakkeforlop.charts.blocks import picture

_SHAPES = {
    "point": '<circle class="dp" cx="7" cy="7" r="4"/>',
    "interval": '<line class="iv" x1="0" x2="26" y1="7" y2="7"/><line class="ivl" x1="0" x2="26" y1="7" y2="7"/>',
    "target": '<line class="tg" x1="0" x2="26" y1="7" y2="7"/>',
    "country": '<line class="ex" x1="7" x2="7" y1="0" y2="14"/>',
    "expected": '<line class="ex" x1="7" x2="7" y1="0" y2="14"/>',
    "band": '<rect class="bd" x="0" y="1" width="26" height="12"/>',
    "band_units": '<rect class="bd" x="0" y="1" width="26" height="12"/>',
    "chance": '<line class="cl" x1="0" x2="26" y1="7" y2="7"/>',
    "outside": '<circle class="out" cx="7" cy="7" r="5"/>',
    "outside_units": '<circle class="out" cx="7" cy="7" r="5"/>',
    "provisional": '<line class="pl" x1="0" x2="26" y1="7" y2="7"/><circle class="pv" cx="13" cy="7" r="4"/>',
    "filled": '<circle class="fi" cx="7" cy="7" r="4"/>',
    "target_tick": (
        '<rect class="bar1" x="0" y="5" width="18" height="5"/><line class="lm" x1="22" x2="22" y1="1" y2="14"/>'
    ),
    "limit": '<line class="lm" x1="7" x2="7" y1="0" y2="14"/>',
    "over": '<rect class="ovf" x="0" y="1" width="18" height="12"/>',
    "late": '<rect class="ovf" x="0" y="1" width="18" height="12"/>',
    "within": '<rect class="bar1" x="0" y="1" width="18" height="12"/>',
    "waiting": '<rect class="bar2" x="0" y="1" width="18" height="12"/>',
    "examination": '<rect class="bar1" x="0" y="1" width="18" height="12"/>',
}


_WIDTHS = {"point": 14, "expected": 14, "country": 14, "outside": 14, "outside_units": 14, "filled": 14, "limit": 14}
_WIDTHS |= dict.fromkeys(("over", "late", "within", "waiting", "examination"), 18)


def sign(name: str) -> Markup:
    """The sign, hidden from screen readers; the words beside it name it."""
    wide = _WIDTHS.get(name, 26)
    return picture(
        f'<svg class="ch" viewBox="0 0 {wide} 14" width="{wide}" height="14" aria-hidden="true">{_SHAPES[name]}</svg>'
    )
