"""Missing codes: what is ready to confirm, what nobody can explain, what the rules have marked, and new cancers."""
