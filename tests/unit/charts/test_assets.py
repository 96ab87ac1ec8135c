"""The shared style: vendored files are what the manifest says, colours come from the theme, pictures stand alone."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from importlib.resources import files

import pytest

from pakkeforlop.charts import assets
from pakkeforlop.charts.dots import DotPlot, DotRow, draw_dots
from pakkeforlop.charts.standalone import standalone


@pytest.mark.parametrize("file", assets.manifest(), ids=lambda file: file["path"])
def test_a_vendored_file_is_unchanged(file: assets.VendoredFile):
    assert hashlib.sha256(assets.vendored(file["path"])).hexdigest() == file["sha256"]
    assert file["licence"]
    assert file["version"]


def test_every_vendored_file_is_listed_and_each_package_has_its_licence():
    folder = files("pakkeforlop.charts").joinpath("static/vendor")
    found = {f"{part.name}/{file.name}" for part in folder.iterdir() if part.is_dir() for file in part.iterdir()}
    listed = {file["path"] for file in assets.manifest()}
    assert found == listed
    assert {path.split("/")[0] for path in listed if path.endswith("LICENSE")} == {
        path.split("/")[0] for path in listed
    }


def test_every_colour_is_a_token_of_the_theme():
    css = assets.style("base") + assets.style("charts")
    asked = set(re.findall(r"var\((--ds-color-[a-z-]+)\)", css))
    given = dict(re.findall(r"(--ds-color-[a-z-]+):([^;}]+)", assets.tokens(css)))
    assert set(given) == asked
    assert given["--ds-color-accent-base-default"].lower() == "#0062ba"
    own = re.sub(r"#fff\b|white", "", css)
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", own, re.I)


def test_there_is_no_green():
    css = assets.style("base") + assets.style("charts")
    assert "success" not in css
    assert "green" not in css


def test_text_has_enough_contrast():
    values = dict(
        re.findall(r"(--ds-color-[a-z-]+):([^;}]+)", assets.tokens(assets.style("base") + assets.style("charts")))
    )
    for name in ("neutral-text-default", "neutral-text-subtle", "accent-text-subtle", "danger-text-subtle"):
        assert contrast(values[f"--ds-color-{name}"]) >= 4.5
    for name in ("accent-base-default", "accent-border-default", "neutral-border-default", "warning-border-default"):
        assert contrast(values[f"--ds-color-{name}"]) >= 3.0


def contrast(colour: str) -> float:
    """Against white (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_the_font_with_sami_letters_comes_only_where_it_is_needed():
    assert assets.embedded_fonts("Tromsø").count("@font-face") == 1
    assert assets.embedded_fonts("Kárášjohka, Deatnu, Unjárga, Guovdageaidnu").count("@font-face") == 2


def test_a_chart_becomes_a_file_of_its_own():
    row = DotRow("Bryst", 74, 72, 76, "74 av 100")
    svg = draw_dots(DotPlot("Andel", "d", [row], "Form", "I tide", target=70, target_label="Mål 70"), name="a")
    picture = standalone(svg)
    root = ET.fromstring(picture)
    assert (root.attrib["width"], root.tag) == ("1056", "{http://www.w3.org/2000/svg}svg")
    assert "#0062BA" in picture
    assert 'url("data:font/woff2' in picture
    assert "data:font" not in standalone(svg, with_font=False)
    with pytest.raises(ValueError, match="viewBox"):
        standalone("<svg></svg>")
