"""The report that `pakkeforlop monitor` writes: pages that stand alone, on screen and on paper."""
