"""A small OpenID Connect provider of our own, as a process: discovery, code flow with proof key, signed identity tokens.

`python provider.py` prints its address on the first line and serves until it is killed. POST /tell sets, as JSON, who
logs in and what is wrong with the next answers. It checks what a provider checks: client, redirect address, code used
once, proof key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "pakkeforlop", "a-secret-of-the-client"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
told: dict[str, Any] = {}
codes: dict[str, dict[str, str]] = {}
asked: list[dict[str, str]] = []


def public(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    made = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**made, "kid": kid, "use": "sig", "alg": "RS256"}


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def identity(issuer: str, nonce: str) -> str:
    """The identity token, with what `told` says is wrong about it."""
    now = int(time.time())
    claims = {
        "iss": issuer, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300, "nonce": nonce,
        "preferred_username": "anker", **told.get("claims", {}),
    }  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}
    if "expired" in told:
        claims |= {"iat": now - 4000, "exp": now - 3000}
    how = told.get("signed", "right")
    if how == "none":
        return jwt.encode(claims, key=None, algorithm="none", headers={"kid": "one"})
    if how == "secret":
        return jwt.encode(claims, key=SECRET, algorithm="HS256", headers={"kid": "one"})
    made = jwt.encode(
        claims, key=OTHER_KEY if how == "other_key" else KEY, algorithm="RS256",
        headers={"kid": "nobodys" if how == "unknown_kid" else "one"},
    )  # fmt: skip
    if how == "changed":
        head, body, signature = made.split(".")
        inside = json.loads(base64.urlsafe_b64decode(body + "==")) | {"preferred_username": "nokkel"}
        body = base64.urlsafe_b64encode(json.dumps(inside).encode()).rstrip(b"=").decode()
        return ".".join((head, body, signature))
    return made


class Provider(BaseHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def send(self, answer: Any, status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path, given = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if path == "/.well-known/openid-configuration":
            self.send(
                {
                    "issuer": told.get("issuer", self.issuer), "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token", "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": f"{self.issuer}/keys", "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                }
            )  # fmt: skip
        elif path == "/keys":
            self.send({"keys": [public(KEY, "one"), public(rsa.generate_private_key(65537, 2048), "two")]})
        elif path == "/authorize":
            self.authorize(given)
        elif path == "/userinfo":
            fits = self.headers.get("Authorization") == "Bearer access"
            self.send({"sub": "42", "preferred_username": "anker", **told.get("userinfo", {})} if fits else {}, 200 if fits else 401)
        elif path == "/asked":
            self.send(asked)
        else:
            self.send({}, 404)

    def authorize(self, given: dict[str, str]) -> None:
        """The person logs in at once, or says no; without a proof key and a nonce nothing is given."""
        asked.append(given)
        lacks = [n for n in ("state", "nonce", "code_challenge", "redirect_uri") if not given.get(n)]
        if lacks or given.get("client_id") != CLIENT or given.get("code_challenge_method") != "S256":
            return self.send({"error": "invalid_request", "lacks": lacks}, 400)
        back = {"state": given["state"]}
        if "says_no" in told:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            codes[back["code"]] = given
        self.send_response(302)
        self.send_header("Location", f"{given['redirect_uri']}?{urlencode(back)}")
        self.end_headers()
        return None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/tell":
            told.clear()
            told.update(json.loads(body))
            return self.send({})
        given = {k: v[0] for k, v in parse_qs(body).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {basic}":
            return self.send({"error": "invalid_client"}, 401)
        begun = codes.pop(given.get("code", ""), None)
        if begun is None or given.get("redirect_uri") != begun["redirect_uri"]:
            return self.send({"error": "invalid_grant"}, 400)
        if challenge_of(given.get("code_verifier", "")) != begun["code_challenge"]:
            return self.send({"error": "invalid_grant"}, 400)
        answer = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        if "no_identity" not in told:
            answer["id_token"] = identity(self.issuer, told.get("nonce", begun["nonce"]))
        return self.send(answer)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
