"""Login by HelseID, the health sector's own login: pushed requests, signed clients, tokens bound to a key (DPoP)."""
