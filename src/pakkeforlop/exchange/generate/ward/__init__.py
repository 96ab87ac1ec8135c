"""A believable morning at a hospital: synthetic patients in every state that the worklist knows, as files to load."""
