"""Words that every folder speaks: days, languages, errors."""
