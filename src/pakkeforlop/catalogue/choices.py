"""Settings chosen for one run: the catalogue's own, with what a settings file changes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pakkeforlop.catalogue.model import Settings
from pakkeforlop.vocabulary.errors import DefinitionFault


def chosen_settings(base: Settings, path: Path | None) -> Settings:
    """The settings with the changes of a TOML file (the same keys as settings.toml, only those that differ), or of the
    record that `generate` left beside its data (generate.json).

    DefinitionFault naming every key that is unknown or has a value that cannot be.
    """
    if path is None:
        return base
    try:
        text = path.read_text(encoding="utf-8")
        changes = json.loads(text).get("settings", {}) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, AttributeError) as error:  # not TOML, not JSON, not text
        raise DefinitionFault("settings_unreadable", file=path.name, detail=str(error)) from error
    return changed(base, changes, path.name)


def changed(base: Settings, changes: dict[str, Any], name: str) -> Settings:
    """The settings with some values changed; `name` says where the changes stand."""
    merged = base.model_dump()
    for key, value in changes.items():
        merged[key] = (
            {**merged[key], **value} if isinstance(merged.get(key), dict) and isinstance(value, dict) else value
        )
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        unknown = [".".join(map(str, fault["loc"])) for fault in error.errors() if fault["type"] == "extra_forbidden"]
        if unknown:
            known = ", ".join(Settings.model_fields)
            raise DefinitionFault("settings_unknown", file=name, keys=", ".join(unknown), known=known) from error
        told = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'].lower()}" for fault in error.errors()
        )
        raise DefinitionFault("settings_faulty", file=name, detail=told) from error


def differences(base: Settings, chosen: Settings) -> dict[str, object]:
    """What was chosen otherwise than the catalogue does, as plain values for the record of a run."""
    ours, theirs = base.model_dump(mode="json"), chosen.model_dump(mode="json")
    return {key: value for key, value in theirs.items() if ours[key] != value}
