"""Logging in and out, the second factor, passkeys, and the session."""
