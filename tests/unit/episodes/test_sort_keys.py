"""Keys come out in order, however many processors there are."""

from __future__ import annotations

import numpy as np
import pytest

from pakkeforlop.episodes.link import BLOCK, sort_keys


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("count", [0, 1, 5, BLOCK, 2 * BLOCK + 1, 5 * BLOCK - 3])
def test_sorted(monkeypatch: pytest.MonkeyPatch, threads: int, count: int) -> None:
    monkeypatch.setenv("PAKKEFORLOP_THREADS", str(threads))
    keys = np.random.default_rng(count).integers(0, max(count // 3, 1), count)  # many stand more than once
    wanted = sorted(keys.tolist())
    sort_keys(keys)
    assert keys.tolist() == wanted
