"""The public pages over HTTP: no login, no cookie, no session; any cache may keep them."""
