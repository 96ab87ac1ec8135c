"""Every column of every file: names from the code where the code lists them, what they hold from columns.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.exchange.csv import layout
from tools.reference.markdown import page, table

LAYOUTS = {"registrations": layout.REGISTRATIONS, "patients": layout.PATIENTS, "new_cancers": layout.NEW_CANCERS}
TITLES = {
    "registrations": "Registrations in",
    "patients": "Patients in",
    "new_cancers": "New cancers in",
    "messages": "Messages out",
    "rejects": "Refused rows out",
    "episodes": "Episodes out",
    "indicators": "Indicators out",
}


@cache
def described() -> dict[str, Any]:
    """What columns.toml says: file -> about, columns."""
    return tomllib.loads((Path(__file__).parent / "columns.toml").read_text(encoding="utf-8"))


def columns_page() -> str:
    """A chapter for each file."""
    parts = [
        "The order of columns is free, the names are not. Capital letters, blanks and hyphens in a heading do not "
        "matter; columns that are not named here are left alone."
    ]
    for name, title in TITLES.items():
        told = described()[name]
        parts += [f"## {title}", told["about"]]
        known = {column.name: column for column in LAYOUTS[name].columns} if name in LAYOUTS else {}
        if known:
            rows = [
                [f"`{key}`", known[key].required, text, ", ".join(f"`{other}`" for other in known[key].also)]
                for key, text in told["columns"].items()
            ]
            parts.append(table(["column", "required", "holds", "also read as"], rows))
        else:
            parts.append(table(["column", "holds"], [[f"`{key}`", text] for key, text in told["columns"].items()]))
    return page("Columns of the files", *parts)
