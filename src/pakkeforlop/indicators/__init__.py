"""Episodes become figures: counts of whole days per cell, shares, medians, intervals."""
