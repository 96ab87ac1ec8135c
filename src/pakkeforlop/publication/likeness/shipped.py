"""The solved leaves that come with the product, so that its own figures need no solver."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pyarrow as pa

from pakkeforlop.publication.likeness.fit import LEAVES, Fit, fit_from_metadata, fit_to_metadata, frame_mark
from pakkeforlop.publication.likeness.frame import Frame


def shipped_path() -> Path:
    """Where the solved leaves lie, beside the published figures."""
    return Path(__file__).parent.parent / "data" / "leaves.json.xz"


def save(found: Fit, frame: Frame, path: Path) -> None:
    """Write leaves with their account and the marks of what they were made from."""
    document = {"leaves": found.leaves.to_pydict(), **fit_to_metadata(found, frame)}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def load(path: Path, frame: Frame, sha256: str) -> Fit | None:
    """Leaves saved for these figures and this catalogue; None when they are for others, or there are none."""
    if not path.is_file():
        return None
    kept = json.loads(lzma.decompress(path.read_bytes()))
    if kept["sha256"] != sha256 or kept["frame"] != frame_mark(frame):
        return None
    return fit_from_metadata(pa.table(kept["leaves"], schema=LEAVES), kept)
