"""The exchange with HelseID: a pushed request (PAR), a code with PKCE, a signed client (private_key_jwt), DPoP.

Rules: OpenID Connect Core 1.0 (3.1.3.7), RFC 7636, RFC 9126, RFC 9207, RFC 9449, and HelseID's security profile. The
library does the protocol and the signatures; what it leaves to the caller is checked here: that the ID token names its
issuer, audience, nonce, person and times at all, that the token is of the bound kind, and that an answer is used once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from jwskate import JwkSet, Jwt
from requests_oauth2client import (
    AuthorizationRequest,
    AuthorizationResponse,
    BearerToken,
    DPoPKey,
    DPoPToken,
    IdToken,
    OAuth2Client,
    PrivateKeyJwt,
)
from requests_oauth2client.exceptions import EndpointError, OAuth2Error
from requests_oauth2client.tokens import InvalidIdToken

from pakkeforlop.access.helseid import SCOPES, SIGNING, Profile
from pakkeforlop.web.helseid.provider import Described, Line, described
from pakkeforlop.web.helseid.refusal import Refused

LIFE = 600
"""Seconds from the button to the answer."""
LEEWAY = 30
"""Seconds that two clocks may differ."""
OLDEST = 300
"""Seconds since an ID token was issued."""
LEVEL = "helseid://claims/identity/security_level"
ANSWER = ("code", "state", "iss", "error", "error_description")
"""What is read of an answer; anything else in the address is left alone."""


@dataclass(frozen=True)
class Begun:
    """`address` is where the person is sent; `kept` stays in the person's session, on our side alone."""

    address: str
    kept: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """Who it is, as HelseID says: a stable name of theirs within the issuer. Not a national identity number."""

    issuer: str
    subject: str


def begin(profile: Profile, *, back: str, now: float) -> Begun:
    """Push a request and give the address to send the person to. `back` is our address, `now` seconds since 1970."""
    about = described(profile)
    client = _client(profile, about)
    key = DPoPKey.generate()
    request = client.authorization_request(scope=SCOPES, redirect_uri=back, dpop_key=key)
    try:
        pushed = client.pushed_authorization_request(request)
        address = pushed.uri
    except (requests.RequestException, OSError) as error:
        raise Refused("unreachable", "pushed") from error
    except Exception as error:  # whatever an answer sets off is a refusal, never a fault page
        raise Refused("unreachable", _name(error, "pushed_answer")) from error
    if not isinstance(pushed.request_uri, str) or not pushed.request_uri:
        raise Refused("unreachable", "pushed_answer")
    kept = {
        "state": request.state, "nonce": request.nonce, "verifier": request.code_verifier, "back": back, "at": now,
        "key": dict(key.private_key), "as_nonce": key.as_nonce,
    }  # fmt: skip
    return Begun(address, kept)


def finish(profile: Profile, kept: Mapping[str, Any], answer: Mapping[str, list[str]], *, now: float) -> Told:
    """Who has logged in, or Refused. `answer` holds the values of each name in the address HelseID sent back to."""
    if not 0 <= now - float(kept["at"]) <= LIFE:
        raise Refused("stale", "too_late")
    about = described(profile)
    client = _client(profile, about)
    key = DPoPKey(private_key=dict(kept["key"]), as_nonce=kept["as_nonce"])
    response = _response(profile, client, kept, answer, key)
    token = _token(client, response)
    if token.id_token is not None and _key_is_new(about, token):
        about = described(profile, without=str(about.at))
        client = _client(profile, about)
    return _told(profile, client, response, token)


class SignedClient(PrivateKeyJwt):
    """Our signature on requests: meant for the issuer, for one minute, of the type that HelseID asks for."""

    def client_assertion(self, audience: str) -> str:
        """The assertion; `audience` is always the issuer, so that it works at no other provider."""
        now = int(time.time())
        claims = {
            "iss": self.client_id, "sub": self.client_id, "aud": audience, "iat": now, "nbf": now,
            "exp": now + self.lifetime, "jti": self.jti_gen(),
        }  # fmt: skip
        return str(Jwt.sign(claims, key=self.private_jwk, alg=self.alg, typ="client-authentication+jwt"))


def _client(profile: Profile, about: Described) -> OAuth2Client:
    issuer = profile.issuer
    try:
        return OAuth2Client.from_discovery_document(
            about.document,
            issuer=issuer,
            auth=SignedClient(profile.client_id, dict(profile.key), aud=issuer),
            authorization_server_jwks=JwkSet(about.keys),
            session=Line(),
            id_token_signed_response_alg=None,
            dpop_bound_access_tokens=True,
            testing=profile.here,
        )
    except Exception as error:
        raise Refused("untrusted", _name(error, "description")) from error


def _response(
    profile: Profile, client: OAuth2Client, kept: Mapping[str, Any], answer: Mapping[str, list[str]], key: DPoPKey
) -> AuthorizationResponse:
    """The answer in the address, checked against what was asked: state, issuer (RFC 9207), error, code."""
    if any(len(answer.get(name, [])) > 1 for name in ANSWER):
        raise Refused("untrusted", "said_twice")
    said = {name: answer[name][0] for name in ANSWER if answer.get(name)}
    if said.get("state") != kept["state"]:
        raise Refused("stale", "state")
    named = client.authorization_response_iss_parameter_supported
    if (named or "iss" in said) and said.get("iss") != profile.issuer:
        raise Refused("untrusted", "issuer_answered")
    asked = AuthorizationRequest(
        client.authorization_endpoint or "", client_id=profile.client_id, redirect_uri=kept["back"], scope=SCOPES,
        state=kept["state"], nonce=kept["nonce"], code_verifier=kept["verifier"], dpop_key=key,
    )  # fmt: skip
    if said.get("error") == "access_denied":
        raise Refused("cancelled", "access_denied")
    if "error" in said:
        raise Refused("unreachable", "error_answered")
    if not said.get("code"):
        raise Refused("untrusted", "no_code")
    return AuthorizationResponse(
        code=said["code"], redirect_uri=asked.redirect_uri, code_verifier=asked.code_verifier, state=asked.state,
        nonce=asked.nonce, issuer=profile.issuer, dpop_key=key,
    )  # fmt: skip


def _token(client: OAuth2Client, response: AuthorizationResponse) -> DPoPToken:
    """What the code is worth. The library's own check of the ID token is made below, with what it leaves out."""
    try:
        token = client.authorization_code(response, validate=False)
    except (requests.RequestException, OSError) as error:
        raise Refused("unreachable", "token") from error
    except EndpointError as error:
        raise Refused("untrusted", f"token_{error.error}"[:40]) from error
    except Exception as error:
        raise Refused("untrusted", _name(error, "token_answer")) from error
    if not isinstance(token, DPoPToken) or token.token_type.lower() != "dpop":
        raise Refused("untrusted", "token_not_bound")
    if not isinstance(token.id_token, IdToken):
        raise Refused("untrusted", "no_id_token")
    return token


def _key_is_new(about: Described, token: DPoPToken) -> bool:
    """The ID token is signed by a key that we have not seen: HelseID has changed its keys since we asked."""
    kid = token.id_token.headers.get("kid") if isinstance(token.id_token, IdToken) else None
    return all(key.get("kid") != kid for key in about.keys["keys"] if isinstance(key, dict))


def _told(profile: Profile, client: OAuth2Client, response: AuthorizationResponse, token: DPoPToken) -> Told:
    """The person of an ID token that stands every check."""
    given = token.id_token
    if not isinstance(given, IdToken) or given.headers.get("alg") not in SIGNING:
        raise Refused("untrusted", "algorithm")
    claims = given.claims
    _check_names(profile, claims, response)
    _check_times(claims)
    try:
        # A bearer token, since the library cannot make a bound one anew after its check.
        plain = BearerToken(access_token=token.access_token, id_token=given)
        plain.validate_id_token(client, response, exp_leeway=LEEWAY)
    except (InvalidIdToken, OAuth2Error) as error:
        raise Refused("untrusted", _name(error, "id_token")) from error
    except Exception as error:
        raise Refused("untrusted", _name(error, "id_token")) from error
    if not _level(claims.get(LEVEL)) >= profile.level:
        raise Refused("weak", "level")
    return Told(profile.issuer, claims["sub"])


def _check_names(profile: Profile, claims: Mapping[str, Any], response: AuthorizationResponse) -> None:
    audience = claims.get("aud")
    many = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != profile.issuer:
        raise Refused("untrusted", "issuer")
    if profile.client_id not in many or (len(many) > 1 and claims.get("azp") != profile.client_id):
        raise Refused("untrusted", "audience")
    if claims.get("nonce") != response.nonce:
        raise Refused("untrusted", "nonce")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
        raise Refused("untrusted", "subject")


def _check_times(claims: Mapping[str, Any]) -> None:
    now = time.time()
    if not all(isinstance(claims.get(name), int | float) for name in ("iat", "exp")):
        raise Refused("untrusted", "times")
    if claims["exp"] < now - LEEWAY:
        raise Refused("untrusted", "expired")
    if not -LEEWAY <= now - claims["iat"] <= OLDEST:
        raise Refused("untrusted", "issued")
    if isinstance(claims.get("nbf"), int | float) and claims["nbf"] > now + LEEWAY:
        raise Refused("untrusted", "not_yet")


def _level(said: Any) -> int:
    """The level of a claim: "4" is the highest. Anything else is none."""
    return int(said) if isinstance(said, str | int) and str(said) in {"1", "2", "3", "4"} else 0


def _name(error: BaseException, otherwise: str) -> str:
    """A short name of what was wrong, for the log: the class of the fault, never its text, which may tell of people."""
    name = type(error).__name__
    return f"{otherwise}_{name}"[:60]


