"""Registration ids that stand on several rows, found without holding the ids: hashes of them on disk, some at a time.

Two ids may have the same hash; then both are said to stand on several rows. Whoever asks looks at the ids themselves.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.episodes.result import fnv64

FILES = 64
"""Files that the hashes are parted by: of 300 million ids 40 MB are in memory at a time."""
Hashes = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]


class Repeats:
    """Tell it all ids, piece by piece; then it knows those that were told more than once."""

    def __init__(self, folder: Path | None) -> None:
        """folder: where temporary files are made, 8 bytes an id; the system's own place where it is None."""
        opened = (tempfile.TemporaryFile(dir=folder) for _ in range(FILES))  # noqa: SIM115 - closed in `close`
        self._files: list[BinaryIO] = [cast(BinaryIO, file) for file in opened]
        self._several: Hashes = np.empty(0, np.uint64)

    def tell(self, ids: pa.ChunkedArray) -> None:
        """Some ids; null is none."""
        hashes = _hashes(pc.drop_null(ids))
        part = hashes % np.uint64(FILES)
        for number, file in enumerate(self._files):
            file.write(hashes[part == number].tobytes())

    def close(self) -> None:
        """All ids have been told."""
        several = []
        for file in self._files:
            file.seek(0)
            found = np.sort(np.frombuffer(file.read(), np.uint64))
            several.append(np.unique(found[1:][found[1:] == found[:-1]]))
            file.close()
        self._several = np.sort(np.concatenate(several))

    def of(self, ids: pa.ChunkedArray) -> Mask | None:
        """Which of these ids stand on several rows; None when no one does."""
        if not len(self._several) or not len(ids):
            return None
        hashes = _hashes(pc.fill_null(ids, ""))
        at = np.minimum(np.searchsorted(self._several, hashes), len(self._several) - 1)
        found: Mask = self._several[at] == hashes
        if ids.null_count:
            found &= np.asarray(ids.is_valid().to_numpy())
        return found if found.any() else None


def _hashes(ids: pa.ChunkedArray) -> Hashes:
    return np.concatenate([np.empty(0, np.uint64), *(fnv64(chunk) for chunk in ids.chunks)])
