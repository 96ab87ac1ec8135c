"""The open interface (/api/v1): released figures to anyone, read-only, in the forms of publication/open_api."""
