"""How often a client may ask: a number of requests a minute, counted over all processes of the server, and told.

Clients are counted by their address, in a small file of counters that all processes map. The address itself is not
kept: a keyed hash of it picks the counter, and the counters start anew every minute. Two may share one by chance.
Headers: RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers), and Retry-After when it is too often.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COUNTERS = 16_384
RECORD = struct.Struct("<II")
MINUTE = 60


@dataclass(frozen=True)
class Use:
    """How many requests a client has left in this minute, and in how many seconds the next one begins."""

    allowed: int
    left: int
    seconds: int

    @property
    def too_often(self) -> bool:
        """One more than is allowed."""
        return self.left < 0

    @property
    def headers(self) -> dict[str, str]:
        """What the client is told."""
        return {
            "RateLimit-Policy": f'"minute";q={self.allowed};w={MINUTE}',
            "RateLimit": f'"minute";r={max(0, self.left)};t={self.seconds}',
        }


class Counters:
    """Counters of requests in a file that processes share."""

    def __init__(self, file: Path, *, key: str) -> None:
        size = COUNTERS * RECORD.size
        number = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(number).st_size != size:
                os.ftruncate(number, size)
            self._map = mmap.mmap(number, size)
        finally:
            os.close(number)
        self._key = hashlib.sha256(key.encode()).digest()
        self._lock = threading.Lock()

    def counted(self, client: str, *, at: float, allowed: int) -> Use:
        """One more request of a client, at a time in seconds."""
        minute, second = divmod(int(at), MINUTE)
        digest = hashlib.blake2b(client.encode(), digest_size=8, key=self._key).digest()
        place = int.from_bytes(digest, "little") % COUNTERS * RECORD.size
        with self._lock:
            when, count = RECORD.unpack_from(self._map, place)
            count = count + 1 if when == minute else 1
            RECORD.pack_into(self._map, place, minute, min(count, 2**32 - 1))
        return Use(allowed, allowed - count, MINUTE - second)


@cache
def counters(file: Path, key: str) -> Counters:
    """The counters of a file, mapped once in each process."""
    return Counters(file, key=key)
