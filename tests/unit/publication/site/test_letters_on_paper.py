"""Sámi letters on paper and in pictures: each is its plain letter with a mark, not another letter (WeasyPrint, pdfium)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pakkeforlop.charts import assets
from pakkeforlop.charts.svg import Drawing
from pakkeforlop.publication.site import paper

pytest.importorskip("weasyprint")
pdfium = pytest.importorskip("pypdfium2")
pytestmark = pytest.mark.slow
PAIRS = ("ČC", "čc", "Đ D", "đd", "ŋn", "ŠS", "šs", "Ŧ T", "ŧt", "ŽZ", "žz", "Ńn", "Ǩ K", "Ǧ G")
"""North, Lule and Skolt Sámi letters, each with the letter it is made from."""
STEP, SIZE = 60, 40


def letters() -> list[tuple[str, str]]:
    return [(pair[0], pair[-1]) for pair in PAIRS if pair[0].islower() == pair[-1].islower()]


def drawn() -> np.ndarray:
    """A chart as a picture, in grey: the marked letters above, the plain ones below."""
    drawing = Drawing(STEP * len(PAIRS), 120, name="x", title="x", desc="x")
    for n, pair in enumerate(letters()):
        for y, letter in zip((45, 105), pair, strict=True):
            drawing.text(n * STEP + 10, y, letter, "lg sb")
    picture = np.asarray(Image.open(io.BytesIO(paper.png(drawing.svg()))).convert("L")) < 128
    edge = int(paper.EDGE * paper.DOTS)
    return picture[edge:, edge:]


def written() -> np.ndarray:
    """The same as text of a page, in semibold."""
    cells = "".join(
        f"<p style='left:{n * STEP + 10}px;top:{top}px'>{letter}</p>"
        for n, pair in enumerate(letters())
        for top, letter in zip((5, 65), pair, strict=True)
    )
    style = f"body{{margin:0;font-family:Inter,sans-serif}}p{{position:absolute;margin:0;font:600 {SIZE}px/50px Inter,sans-serif}}"
    html = (
        f"<!doctype html><html lang='nb'><title>x</title><style>{assets.embedded_fonts('č')}{style}"
        f"@page{{size:{STEP * len(PAIRS)}px 120px;margin:0}}p{{font-family:Inter,sans-serif}}</style><body>{cells}</body></html>"
    )
    return grey(paper._laid_out(html).write_pdf())


def grey(content: bytes) -> np.ndarray:
    document = pdfium.PdfDocument(content)
    picture = document[0].render(scale=2 * 96 / 72).to_pil().convert("L")
    document.close()
    return np.asarray(picture) < 128


@pytest.mark.parametrize("made", [drawn, written], ids=["in a chart", "in a text"])
def test_a_sami_letter_is_its_plain_letter_with_a_mark(made: Any):
    ink = made()
    wrong = []
    for n, (marked, plain) in enumerate(letters()):
        left, right = 2 * n * STEP, 2 * (n + 1) * STEP
        above, below = ink[:120, left:right], ink[120:240, left:right]
        shared = float((above & below).sum()) / max(1.0, float(below.sum()))
        if shared < 0.75 or above.sum() <= below.sum() * 1.02:
            wrong.append(f"{marked} is not {plain} with a mark: {shared:.2f}, {int(above.sum())} of {int(below.sum())}")
    assert wrong == []
