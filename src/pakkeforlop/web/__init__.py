"""Pages and the signed-in API."""
