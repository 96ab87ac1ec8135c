"""Figures become public: disclosure control, releases, the open API, and comparison with what was published."""
