"""A single code comes in: its grammar and the rules on one code alone."""
