"""Reads a chart back: its shapes by class, its words with the room they take."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from itertools import combinations

from pakkeforlop.charts.labels import Box, Place, text_box


@dataclass(frozen=True)
class Word:
    """One label of a chart."""

    text: str
    x: float
    y: float
    look: str
    box: Box


class Chart:
    """An SVG of ours, parsed."""

    def __init__(self, svg: str) -> None:
        self.root = ET.fromstring(svg)
        box = [float(n) for n in self.root.attrib["viewBox"].split()]
        self.frame = Box(0, 0, box[2], box[3])
        self.words = [self._word(element) for element in self.root if element.tag == "text"]

    def shapes(self, tag: str, look: str) -> list[dict[str, float]]:
        """The numbers of each shape with a class, in drawing order."""
        found = [e for e in self.root if e.tag == tag and look in e.attrib.get("class", "").split()]
        return [{k: float(v) for k, v in e.attrib.items() if k not in {"class", "d"}} for e in found]

    def paths(self, look: str) -> list[list[tuple[float, float]]]:
        """The corners of each path with a class."""
        found = [e.attrib["d"] for e in self.root if e.tag == "path" and e.attrib["class"] == look]
        return [
            [tuple(float(n) for n in point.split()) for point in d.strip("MZ").split("L")]  # type: ignore[misc]
            for d in found
        ]

    def word(self, text: str) -> Word:
        """The label with exactly this text."""
        return next(word for word in self.words if word.text == text)

    def _word(self, element: ET.Element) -> Word:
        look = element.attrib.get("class", "")
        size = 15.0 if "lg" in look.split() else 13.0
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        place = Place(x, y, element.attrib.get("text-anchor", "start"))  # type: ignore[arg-type]
        text = element.text or ""
        bold = bool({"sb", "ovt"} & set(look.split()))
        return Word(text, x, y, look, text_box(place, text, size=size, semibold=bold))

    def covered(self) -> list[tuple[str, str]]:
        """Pairs of labels that stand on each other."""
        pairs = combinations(self.words, 2)
        return [(a.text, b.text) for a, b in pairs if a.box.overlap(b.box) > 3]

    def cut(self) -> list[str]:
        """Labels that stick out of the picture by more than two pixels."""
        inner = self.frame
        return [
            w.text
            for w in self.words
            if w.box.left < inner.left - 4
            or w.box.right > inner.right + 4
            or w.box.bottom > inner.bottom + 4
            or w.box.top < -4
        ]
