"""Every sentence of the report and the review, one TOML file per language, and how numbers and dates are written."""
