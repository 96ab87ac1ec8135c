"""Figures become SVG, in one style for page, paper and picture."""
