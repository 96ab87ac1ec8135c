"""Load the catalogue from its TOML files, or refuse it with all its faults."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pakkeforlop.catalogue.build import build
from pakkeforlop.catalogue.check import check
from pakkeforlop.catalogue.documents import read_documents
from pakkeforlop.catalogue.faults import CatalogueFault, Fault, say
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.catalogue.validate import Parts, validate

PACKAGED = (Path(__file__).parent / "data").resolve()
FOLDER_VARIABLE = "PAKKEFORLOP_CATALOGUE"
"""Environment variable that names another catalogue folder."""


def catalogue_folder(path: str | Path | None = None) -> Path:
    """The folder to read: the one given, else that of the environment, else the packaged one."""
    return Path(path or os.environ.get(FOLDER_VARIABLE) or PACKAGED).resolve()


def load_catalogue(path: str | Path | None = None) -> Catalogue:
    """The catalogue, read once per folder and state of its files. Raises CatalogueFault with every fault."""
    if path is None and not os.environ.get(FOLDER_VARIABLE):
        return _loaded(PACKAGED, (0, 0))
    folder = catalogue_folder(path)
    return _loaded(folder, _state(folder))


def check_catalogue(path: str | Path | None = None) -> tuple[Fault, ...]:
    """Every fault of a catalogue folder, in the order of its files; none when it can be used."""
    _, faults = _read(catalogue_folder(path))
    return tuple(sorted(faults))


def _state(folder: Path) -> tuple[int, int]:
    """Changes when a file is added, removed or written. The packaged catalogue does not change while we run."""
    if folder == PACKAGED:
        return (0, 0)
    stats = [file.stat() for file in folder.rglob("*.toml")]
    return len(stats), max((stat.st_mtime_ns for stat in stats), default=0)


@lru_cache(maxsize=8)
def _loaded(folder: Path, _state: tuple[int, int]) -> Catalogue:
    parts, faults = _read(folder)
    if faults:
        raise CatalogueFault(faults)
    return build(parts)


def _read(folder: Path) -> tuple[Parts, list[Fault]]:
    if not folder.is_dir():
        return Parts(), [Fault(str(folder), 0, "", say("no_folder"))]
    documents, faults = read_documents(folder)
    parts, shape_faults = validate(documents, unread=[fault.file for fault in faults])
    return parts, faults + shape_faults + check(parts)
