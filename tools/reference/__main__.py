"""`python -m tools.reference` writes docs/reference; with --check it only tells which pages are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.reference.pages import all_pages

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check compare them with what stands there (exit code 1 on a difference)."""
    pages = all_pages()
    if "--check" in arguments:
        stale = [name for name, text in pages.items() if _standing(name) != text]
        for name in stale:
            print(f"docs/reference/{name} is not what the code says now. Run: make docs")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        if _standing(name) != text:
            (FOLDER / name).write_text(text, encoding="utf-8")
            print(f"docs/reference/{name} written")
    return 0


def _standing(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
