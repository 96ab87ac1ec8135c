"""Solve the packaged figures again, after a change of the catalogue or of the fitting: python -m tools.leaves."""

from __future__ import annotations

import time

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.publication.likeness.fit import fit
from pakkeforlop.publication.likeness.frame import frame_of
from pakkeforlop.publication.likeness.shipped import save, shipped_path
from pakkeforlop.publication.published import packaged_figures
from pakkeforlop.publication.told import fit_told


def main() -> None:
    """Fit, tell, save."""
    begun = time.perf_counter()
    frame = frame_of(load_catalogue())

    def told(label: str, year: int) -> None:
        print(f"{label} {year} ({time.perf_counter() - begun:.0f} s)", flush=True)

    found = fit(packaged_figures(), frame, told=told)
    save(found, frame, shipped_path())
    print("\n".join(fit_told(found, "en")))
    print(f"{shipped_path()}: {shipped_path().stat().st_size} bytes, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
