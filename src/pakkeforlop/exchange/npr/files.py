"""What reading and writing of messages share: hashes of files, and patients told of more than once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def sha256_of(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def first_of_each(people: pa.Table) -> pa.Table:
    """The first row of each patient, in order."""
    encoded = pc.dictionary_encode(people["patient_id"]).unify_dictionaries().combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    if not len(encoded):
        return people
    _, first = np.unique(np.asarray(encoded.indices), return_index=True)
    return people.take(pa.array(np.sort(first)))
