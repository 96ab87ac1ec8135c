"""A catalogue as it would be with proposed limits: a file of `time_limit` blocks laid over it, or another folder.

The file holds blocks of the form that a pathway's file has, for one pathway (`code` at the top) or for several
(`[[A01.time_limit.OF2]]`, or `[[breast.time_limit.OF2]]`). A block of a day and kind that the pathway has already takes
its place; others are laid in by their day. `source` and `confidence` may be left out: a proposal is our choice. The
whole is checked as every catalogue is, so a limit that is a sum must be proposed with its parts.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.build import build
from pakkeforlop.catalogue.check import check
from pakkeforlop.catalogue.documents import Document, read_documents
from pakkeforlop.catalogue.faults import CatalogueFault, Fault, say
from pakkeforlop.catalogue.load import catalogue_folder, load_catalogue
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.catalogue.validate import validate
from pakkeforlop.vocabulary.errors import UnreadableFault, unreadable

OURS = {"source": "OWN", "confidence": "choice"}
LIMITS = "time_limit"


def load_proposed(proposed: Path, *, base: Path | None = None) -> Catalogue:
    """The catalogue of `base` under the proposed limits. Raises CatalogueFault with every fault."""
    if proposed.is_dir():
        return load_catalogue(proposed)
    blocks = _read(proposed)
    documents, faults = read_documents(catalogue_folder(base))
    known = {name: d for d in documents if d.folder == "pathways" for name in _names(d)}
    unknown = [name for name in blocks if name not in known]
    if unknown:
        raise CatalogueFault(Fault(proposed.name, 0, name, say("proposed_unknown", given=name)) for name in unknown)
    changed = {known[name].name: known[name] for name in blocks}
    for name, limits in blocks.items():
        document = changed[known[name].name]
        changed[document.name] = replace(document, data=_laid_over(document.data, limits))
    parts, shape = validate(
        [changed.get(document.name, document) for document in documents], unread=[fault.file for fault in faults]
    )
    faults = [*faults, *shape, *check(parts)]
    if faults:
        raise CatalogueFault(_here(fault, changed, proposed) for fault in faults)
    return build(parts)


def _read(path: Path) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The proposed blocks: pathway (prefix or key), limit, versions."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnreadableFault("file_missing", file=path) from error
    except OSError as error:
        raise unreadable(error, path) from error
    except UnicodeDecodeError as error:
        raise CatalogueFault([Fault(path.name, 0, "", say("not_text"))]) from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueFault([Fault(path.name, 0, "", say("not_toml", reason=str(error).rstrip(".")))]) from error
    if "code" in data:
        data = {str(data["code"]): {LIMITS: data.get(LIMITS)}}
    faults = []
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name, held in data.items():
        limits = held.get(LIMITS) if isinstance(held, dict) else None
        if not isinstance(limits, dict) or not limits or set(held) != {LIMITS}:
            faults.append(Fault(path.name, 0, name, say("proposed_form")))
            continue
        wrong = [key for key, blocks in limits.items() if not _are_blocks(blocks)]
        faults += [Fault(path.name, 0, f"{name}.{LIMITS}.{key}", say("proposed_form")) for key in wrong]
        found[name] = limits
    if faults or not found:
        raise CatalogueFault(faults or [Fault(path.name, 0, "", say("proposed_form"))])
    return found


def _are_blocks(blocks: Any) -> bool:
    return isinstance(blocks, list) and bool(blocks) and all(isinstance(b, dict) and "valid_from" in b for b in blocks)


def _names(document: Document) -> tuple[str, ...]:
    return tuple(str(document.data[name]) for name in ("code", "key") if name in document.data)


def _laid_over(pathway: dict[str, Any], limits: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The pathway with the proposed blocks among its own, oldest first."""
    merged = {key: list(blocks) for key, blocks in pathway.get(LIMITS, {}).items()}
    for key, blocks in limits.items():
        given = {(block.get("kind", ""), str(block["valid_from"])): OURS | block for block in blocks}
        kept = [b for b in merged.get(key, ()) if (b.get("kind", ""), str(b["valid_from"])) not in given]
        merged[key] = sorted([*kept, *given.values()], key=lambda block: str(block["valid_from"]))
    return pathway | {LIMITS: merged}


def _here(fault: Fault, changed: dict[str, Document], proposed: Path) -> Fault:
    """A fault of a pathway under proposal is the proposal's: its lines are not those of the pathway's file."""
    if fault.file not in changed:
        return fault
    return replace(fault, file=f"{proposed.name} ({changed[fault.file].data.get('code')})", line=0)
