"""The reference pages of docs/reference, written from the code, the catalogue and the spec tests."""
