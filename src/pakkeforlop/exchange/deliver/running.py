"""Running numbers in place of persons: keyed per file, so that no two files can be joined by them.

A file's key is made of the file's name and a secret (without one: of the content of the input files, which the
recipients do not have). Patients are numbered in the order of their keyed hashes: the same input gives the same
numbers, the numbers tell nothing of the patient, and the number in one file tells nothing of the number in another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pakkeforlop.vocabulary.errors import FileFault, unreadable

PIECE = 1 << 20
SHORTEST_SECRET = 16
INSTANCE_DIGITS = 16


def secret_of(key_file: Path | None, inputs: Sequence[Path]) -> bytes:
    """The register's own secret, or one made of the inputs. FileFault when the secret is too short to be one."""
    if key_file is None:
        parts = sorted({_digest(path) for path in inputs})
        return hashlib.blake2b(b"".join(parts), person=b"deliver.content").digest()
    try:
        secret = key_file.read_bytes().strip()
    except OSError as error:
        raise unreadable(error, key_file) from error
    if len(secret) < SHORTEST_SECRET:
        raise FileFault("secret_too_short", file=key_file.name, least=SHORTEST_SECRET)
    return hashlib.blake2b(secret, person=b"deliver.secret").digest()


def order_of(secret: bytes, file: str, patients: Iterable[str]) -> list[bytes]:
    """The hash of each patient by which a file's patients are numbered, from 1 in the order of the hashes."""
    key = _keyed(secret, file)
    return [_keyed(key, patient) for patient in patients]


def instance_ids(secret: bytes, episode_ids: Iterable[str]) -> list[str]:
    """Ids of instances that cannot be led back to a patient by trying patient ids; the same in every file."""
    key = _keyed(secret, "pfInstansId")
    return [_keyed(key, one).hex()[:INSTANCE_DIGITS] for one in episode_ids]


def _keyed(key: bytes, text: str) -> bytes:
    return hashlib.blake2b(text.encode(), key=key, digest_size=32).digest()


def _digest(path: Path) -> bytes:
    """Not the hash that the record of a run prints: that one may be passed on."""
    whole = hashlib.blake2b(person=b"deliver.input")
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                whole.update(piece)
    except OSError as error:
        raise unreadable(error, path) from error
    return whole.digest()
