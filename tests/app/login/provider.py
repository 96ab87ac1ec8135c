"""A small provider of logins on loopback: HelseID's profile (PAR, signed clients, DPoP) and plain OpenID Connect.

It is strict towards the client: every request that is not just as the profile wants is refused and written in
`complaints`. `fault` makes it answer wrongly in one named way; the names are the cases of the tests.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from jwskate import Jwk, Jwt, SignedJwt
from requests_oauth2client.authorization_request import PkceUtils
from requests_oauth2client.dpop import validate_dpop_proof

CLIENT, PLAIN, SECRET = "pakkeforlop-test", "pakkeforlop-plain", "s" * 40
BACK = "http://testserver/login/helseid/back/"
LEVEL = "helseid://claims/identity/security_level"


@cache
def made(alg, kid, number=1):  # noqa: ARG001 the number tells keys of one name apart
    """A key pair; making one takes a while, so each is made once."""
    return Jwk.generate(alg=alg, kid=kid)


class Provider:
    """Runs until `stop`. `person` is who logs in there; `client_key` the private key of our client."""

    def __init__(self):
        self.key, self.other_key, self.next_key = made("RS256", "first"), made("RS256", "first", 2), made("RS256", "next")
        self.client_key = made("ES256", "ours")
        self.person = {"sub": "person-42", LEVEL: "4", "preferred_username": "anker", "name": "Stødig Anker"}
        self.fault = ""
        self.complaints, self.pushed, self.codes, self.used, self.asked = [], {}, {}, set(), []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"provider": self}))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- what it says of itself ---------------------------------------------------------------------------------------

    def description(self):
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "pushed_authorization_request_endpoint": f"{self.issuer}/par",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
        }
        changes = {
            "described_other_issuer": {"issuer": "https://helseid.example.no"},
            "described_no_par": {"pushed_authorization_request_endpoint": None},
            "described_no_pkce": {"code_challenge_methods_supported": ["plain"]},
            "described_no_signed_clients": {"token_endpoint_auth_methods_supported": ["client_secret_post"]},
            "described_no_dpop": {"dpop_signing_alg_values_supported": []},
            "described_token_elsewhere": {"token_endpoint": "https://evil.example.no/token"},
            "described_keys_elsewhere": {"jwks_uri": "https://evil.example.no/jwks"},
        }
        return {key: value for key, value in {**found, **changes.get(self.fault, {})}.items() if value is not None}

    def keys(self):
        if self.fault == "no_keys":
            return {"keys": []}
        first = self.next_key if self.fault == "key_retired" else self.key
        keys = [first.public_jwk().to_dict()]
        if self.fault == "key_changed" and self.asked.count("/jwks") > 1:
            keys.append(self.next_key.public_jwk().to_dict())
        return {"keys": keys}

    # --- what it demands ----------------------------------------------------------------------------------------------

    def client_of(self, form):
        """The client that signed the request; each assertion is meant for us, short-lived, and used once."""
        if form.get("client_secret") == SECRET and form.get("client_id") == PLAIN:
            return PLAIN
        assertion = SignedJwt(form["client_assertion"])
        claims = assertion.claims
        wrong = [
            ("type", assertion.headers.get("typ") != "client-authentication+jwt"),
            ("kind", form["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("signature", not assertion.verify_signature(self.client_key.public_jwk(), alg="ES256")),
            ("issuer", claims["iss"] != CLIENT or claims["sub"] != CLIENT),
            ("audience", claims["aud"] != self.issuer),
            ("life", not 0 < claims["exp"] - claims["iat"] <= 60 or claims["exp"] < time.time()),
            ("jti", claims["jti"] in self.used),
        ]
        self.used.add(claims["jti"])
        if self.fault == "client_unknown" or any(bad for _, bad in wrong):
            raise Complaint("invalid_client", [name for name, bad in wrong if bad])
        return CLIENT

    def proof_of(self, handler, path):
        """The thumbprint of the key that the request proves; with a fresh nonce of ours where we want one."""
        nonce = "nonce-1" if self.fault in {"", "nonce_twice"} else None
        proof = handler.headers.get("DPoP", "")
        said = SignedJwt(proof).claims.get("nonce") if proof else None
        if self.fault == "nonce_missing_header":
            raise Complaint("use_dpop_nonce")
        if self.fault == "nonce_repeated" or (self.fault == "nonce_endless"):
            raise Complaint("use_dpop_nonce", nonce="same" if self.fault == "nonce_repeated" else secrets.token_hex(8))
        if nonce and said != nonce:
            raise Complaint("use_dpop_nonce", nonce=nonce)
        found = validate_dpop_proof(proof, htm="POST", htu=f"{self.issuer}{path}", nonce=nonce, alg="ES256")
        if found.claims["jti"] in self.used:
            raise Complaint("invalid_dpop_proof")
        self.used.add(found.claims["jti"])
        return Jwk(found.headers["jwk"]).thumbprint()

    # --- the steps ----------------------------------------------------------------------------------------------------

    def push(self, handler, form):
        client = self.client_of(form)
        key = self.proof_of(handler, "/par")
        wrong = [
            ("key", form.get("dpop_jkt") != key),
            ("method", form.get("code_challenge_method") != "S256" or len(form.get("code_challenge", "")) != 43),
            ("back", form.get("redirect_uri") != BACK),
            ("secrets", not form.get("state") or not form.get("nonce")),
            ("scope", "helseid://scopes/identity/pid" in form.get("scope", "").split()),
        ]
        if any(bad for _, bad in wrong):
            raise Complaint("invalid_request", [name for name, bad in wrong if bad])
        address = f"urn:ietf:params:oauth:request_uri:{secrets.token_hex(16)}"
        self.pushed[address] = {**form, "key": key, "client": client}
        if self.fault == "pushed_without_address":
            return {"expires_in": 60}
        return {"request_uri": address, "expires_in": 60}

    def authorize(self, query):
        """The person logs in and agrees; nothing but the pushed request's address may stand in the address."""
        if "request_uri" in query:
            if set(query) - {"client_id", "request_uri"}:
                raise Complaint("invalid_request", sorted(query))
            asked = self.pushed.pop(query["request_uri"])
        elif query.get("client_id") == PLAIN:
            asked = {**query, "client": PLAIN, "key": ""}
        else:
            raise Complaint("invalid_request", ["not pushed"])
        code = secrets.token_hex(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        back.update(ANSWERS.get(self.fault, {}))
        if self.fault == "answered_denied":
            back.pop("code")
        return f"{asked['redirect_uri']}?{urlencode({k: v for k, v in back.items() if v is not None})}"

    def token(self, handler, form):
        client = self.client_of(form)
        asked = self.codes.pop(form.get("code"), None)
        if asked is None or self.fault == "code_refused":
            raise Complaint("invalid_grant")
        if client != PLAIN and self.proof_of(handler, "/token") != asked["key"]:
            raise Complaint("invalid_grant", ["key"])
        if not PkceUtils.validate_code_verifier(form["code_verifier"], asked["code_challenge"]):
            raise Complaint("invalid_grant", ["verifier"])
        if form["redirect_uri"] != asked["redirect_uri"] or client != asked["client"]:
            raise Complaint("invalid_grant", ["back"])
        access = secrets.token_hex(16)
        kind = "Bearer" if client == PLAIN or self.fault == "token_bearer" else "DPoP"
        said = {"access_token": access, "token_type": kind, "expires_in": 60, "id_token": self.id_token(client, asked)}
        if self.fault == "token_without_id":
            said.pop("id_token")
        return said

    def id_token(self, client, asked):
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": client, "iat": now, "nbf": now, "exp": now + 300, "nonce": asked.get("nonce"),
            **self.person,
        }  # fmt: skip
        change = CLAIMS.get(self.fault, {})
        claims.update({key: value(now) if callable(value) else value for key, value in change.items()})
        claims = {key: value for key, value in claims.items() if value is not None}
        if self.fault == "signed_none":
            return str(Jwt.unprotected(claims))
        if self.fault == "signed_secret":
            public = json.dumps(self.key.public_jwk().to_dict()).encode()
            return str(Jwt.sign(claims, key={"kty": "oct", "k": _b64(public), "kid": "first"}, alg="HS256"))
        key = {
            "signed_other_key": self.other_key, "signed_unknown_key": made("RS256", "who"),
            "key_changed": self.next_key,
        }.get(self.fault, self.key)  # fmt: skip
        if self.fault == "signed_no_kid":
            bare = Jwk({name: value for name, value in key.to_dict().items() if name != "kid"})
            return str(Jwt.sign(claims, key=bare, alg="RS256"))
        signed = str(Jwt.sign(claims, key=key, alg="RS256"))
        if self.fault == "signed_then_changed":
            head, _, tail = signed.split(".")
            return f"{head}.{_b64(json.dumps({**claims, 'sub': 'someone-else'}).encode())}.{tail}"
        return "not.a.token" if self.fault == "id_token_garbage" else signed


ANSWERS = {
    "answered_other_issuer": {"iss": "https://helseid.example.no"},
    "answered_no_issuer": {"iss": None},
    "answered_other_state": {"state": "forged"},
    "answered_no_state": {"state": None},
    "answered_no_code": {"code": None},
    "answered_empty_code": {"code": ""},
    "answered_denied": {"error": "access_denied"},
    "answered_error": {"error": "server_error", "code": None},
    "answered_other_code": {"code": "f" * 32},
}
CLAIMS = {
    "id_other_issuer": {"iss": "https://helseid.example.no"},
    "id_no_issuer": {"iss": None},
    "id_other_audience": {"aud": "somebody-else"},
    "id_no_audience": {"aud": None},
    "id_two_audiences": {"aud": [CLIENT, "somebody-else"]},
    "id_other_party": {"azp": "somebody-else"},
    "id_other_nonce": {"nonce": "another"},
    "id_no_nonce": {"nonce": None},
    "id_no_subject": {"sub": None},
    "id_empty_subject": {"sub": ""},
    "id_subject_a_number": {"sub": 42},
    "id_subject_too_long": {"sub": "x" * 300},
    "id_expired": {"exp": lambda now: now - 60},
    "id_no_expiry": {"exp": None},
    "id_issued_long_ago": {"iat": lambda now: now - 3600},
    "id_issued_in_future": {"iat": lambda now: now + 3600},
    "id_no_issued": {"iat": None},
    "id_not_yet": {"nbf": lambda now: now + 3600},
    "id_level_three": {LEVEL: "3"},
    "id_no_level": {LEVEL: None},
    "id_odd_level": {LEVEL: "44"},
    "id_list_level": {LEVEL: ["4"]},
    "id_other_access_token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "id_other_code": {"c_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "id_other_state": {"s_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


class Complaint(Exception):
    """The client did something wrong, or the case says that it did."""

    def __init__(self, error, what=(), nonce=""):
        super().__init__(error)
        self.error, self.what, self.nonce = error, list(what), nonce


def _b64(data):
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(data).decode().rstrip("=")


class Handler(BaseHTTPRequestHandler):
    """One request; bodies are forms."""

    provider: Provider

    def log_message(self, *args):
        """Nothing on the screen."""

    def do_GET(self):
        provider, parts = self.provider, urlsplit(self.path)
        provider.asked.append(parts.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        fault = provider.fault
        if parts.path == "/authorize":
            try:
                return self._redirect(provider.authorize(query))
            except Complaint as complaint:
                return self._complain(complaint)
        if (parts.path, fault) == ("/.well-known/openid-configuration", "described_in_words"):
            return self._send(200, b"<html>Hei</html>", "text/html")
        if (parts.path, fault) == ("/.well-known/openid-configuration", "described_without_end"):
            return self._send(200, b"[" + b" " * 2_000_000 + b"]")
        found = {
            "/.well-known/openid-configuration": provider.description, "/jwks": provider.keys,
            "/userinfo": lambda: provider.person,
        }.get(parts.path)  # fmt: skip
        return self._json(404, {}) if found is None else self._json(200, found())

    def do_POST(self):
        provider, path = self.provider, urlsplit(self.path).path
        provider.asked.append(path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {key: values[0] for key, values in parse_qs(body).items()}
        place = {"/par": "pushed", "/token": "token"}.get(path, "")
        if provider.fault == f"{place}_down":
            self.connection.close()
            return None
        if provider.fault == f"{place}_broken":
            return self._send(500, b"Traceback (most recent call last)", "text/plain")
        if provider.fault == f"{place}_in_words":
            return self._send(200, b"all right", "text/plain")
        if provider.fault == f"{place}_elsewhere":
            return self._redirect("https://evil.example.no/")
        if provider.fault == f"{place}_list":
            return self._json(200, ["no", "object"])
        try:
            return self._json(201 if path == "/par" else 200, (provider.push if path == "/par" else provider.token)(self, form))
        except Complaint as complaint:
            return self._complain(complaint)

    def _complain(self, complaint):
        if complaint.error != "use_dpop_nonce":
            self.provider.complaints.append((complaint.error, complaint.what))
        headers = {"DPoP-Nonce": complaint.nonce} if complaint.nonce else {}
        return self._json(400, {"error": complaint.error}, headers)

    def _redirect(self, address):
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status, said, headers=None):
        self._send(status, json.dumps(said).encode(), "application/json", headers)

    def _send(self, status, body, kind="application/json", headers=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
