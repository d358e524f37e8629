"""Forty-two access tokens, four of them good: signature, form and every claim are judged."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest
from people import People

from realestate.repositories.accounts import SqlAccounts

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ISSUED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = ISSUED + dt.timedelta(minutes=5)
BORN = int(ISSUED.timestamp())
CLAIMS: dict[str, Any] = {
    "iss": "realestate",
    "aud": "realestate-cli",
    "sub": "1",
    "sid": "s1",
    "typ": "access",
    "jti": "j1",
    "iat": BORN,
    "nbf": BORN,
    "exp": BORN + 900,
}
DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def made(
    changes: Mapping[str, Any] | None = None,
    *,
    without: str = "",
    key: bytes = KEY,
    alg: str = "HS256",
    header: Mapping[str, Any] | None = None,
    signature: str | None = None,
) -> str:
    """A token as an attacker would make it."""
    claims = {name: value for name, value in {**CLAIMS, **(changes or {})}.items() if name != without}
    head = {"alg": alg, "typ": "JWT", **(header or {})}
    message = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
    digest = DIGESTS.get(alg)
    signed = encoded(hmac.digest(key, message.encode(), digest)) if digest else ""
    return f"{message}.{signed if signature is None else signature}"


def signed_body(body: bytes) -> str:
    """A token with our signature over any bytes."""
    message = f"{HEAD}.{encoded(body)}"
    return f"{message}.{encoded(hmac.digest(KEY, message.encode(), 'sha256'))}"


TWICE = b'{"sub":"1","sub":"2"}'
GOOD = made()
HEAD, BODY, SIGNATURE = GOOD.split(".")

ACCEPTED = {
    "good": GOOD,
    "20 s past its end, leeway is 30": made({"exp": BORN + 280}),
    "a role claim is ignored": made({"role": "admin"}),
    "a newline after it": GOOD + "\n",
}
REFUSED = {
    "alg none": made(alg="none"),
    "alg None": made(alg="None"),
    "alg nOnE with a signature": made(alg="nOnE", signature=SIGNATURE),
    "alg HS512": made(alg="HS512"),
    "alg RS256 with our signature": made(alg="RS256", signature=SIGNATURE),
    "another key": made(key=OTHER_KEY),
    "an empty key": made(key=b""),
    "expired": made({"exp": BORN + 1}),
    "not yet valid": made({"nbf": BORN + 4000}),
    "issued in the future": made({"iat": BORN + 4000}),
    "no end": made(without="exp"),
    "an end in words": made({"exp": "never"}),
    "an end beyond all numbers": made({"exp": 10**30}),
    "a life of ten years": made({"exp": BORN + 315_360_000}),
    "for somebody else": made({"aud": "other"}),
    "from somebody else": made({"iss": "other"}),
    "a refresh token": made({"typ": "refresh"}),
    "no type": made(without="typ"),
    "a number as subject": made({"sub": 1}),
    "subject changed after signing": f"{HEAD}.{encoded(json.dumps({**CLAIMS, 'sub': '2'}).encode())}.{SIGNATURE}",
    "SQL as subject": made({"sub": "1' OR '1'='1"}),
    "unknown user": made({"sub": "999999"}),
    "disabled user": made({"sub": "3", "sid": "s3"}),
    "revoked session": made({"sid": "revoked"}),
    "crit in the header": made(header={"crit": ["x"], "x": 1}),
    "jku in the header": made(key=OTHER_KEY, header={"jku": "http://evil.example/k"}),
    "its own key in the header": made(key=OTHER_KEY, header={"jwk": {"kty": "oct", "k": encoded(OTHER_KEY)}}),
    "a path as key id": made(key=OTHER_KEY, header={"kid": "../../../dev/null"}),
    "one bit of the signature": f"{HEAD}.{BODY}.{'A' if SIGNATURE[0] != 'A' else 'B'}{SIGNATURE[1:]}",
    "empty signature": f"{HEAD}.{BODY}.",
    "cut short": GOOD[:-6],
    "two parts": f"{HEAD}.{BODY}",
    "five parts": GOOD + ".x.y",
    "empty": "",
    "no token at all": "!!.!!.!!",
    "a megabyte": GOOD + "A" * 1_000_000,
    "a letter outside base64": "é" + GOOD[1:],
    "claims written twice": f"{HEAD}.{encoded(TWICE)}.{SIGNATURE}",
}
FURTHER = {
    "another user's session": made({"sub": "2"}),
    "claims that are no object": signed_body(b"[1]"),
    "claims that are no JSON": signed_body(b"{"),
    "claims that are no UTF-8": signed_body(b"\xff"),
    "claims nested without end": signed_body(b"[" * 2500),
    "an empty id": made({"jti": ""}),
    "no id": made(without="jti"),
    "infinite": made({"exp": float("inf")}),
    "exactly 31 s past its end": made({"exp": BORN + 269}),
    "31 s before its time": made({"nbf": BORN + 331}),
    "a life below nothing": made({"iat": BORN + 310, "exp": BORN + 305}),
    "spaces inside": GOOD[:40] + " " + GOOD[40:],
}


@pytest.fixture(scope="module")
def judge(shared_people: People) -> People:
    with shared_people.owner() as owner:
        owner.execute("update auth.secrets set value = %s where name = 'signing'", (KEY,))
        owner.execute(
            "insert into auth.sessions (id, user_id, kind, revoked_at)"
            " values ('s1', 1, 'login', null), ('s3', 3, 'login', null), ('revoked', 1, 'login', now())"
        )
        for token in {accepted.strip() for accepted in ACCEPTED.values()}:
            owner.execute(
                "insert into auth.access values (%s, 's1', 'infinity')",
                (hashlib.sha256(token.encode()).digest(),),
            )
    return shared_people


def verified(people: People, token: str) -> int | None:
    with people.owner() as owner:
        row = owner.execute("select auth.verify_at(%s, %s)", (token, NOW)).fetchone()
    return row[0] if row else None


def test_there_are_forty_two_of_them() -> None:
    assert len(ACCEPTED) + len(REFUSED) == 42


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_good_token_is_accepted(judge: People, case: str) -> None:
    assert verified(judge, ACCEPTED[case]) == 1


@pytest.mark.parametrize("case", [*REFUSED, *FURTHER])
def test_a_bad_token_is_refused(judge: People, case: str) -> None:
    assert verified(judge, (REFUSED | FURTHER)[case]) is None


def test_a_corpus_made_by_others_is_judged_as_it_says(judge: People, shared: Path, tmp_path: Path) -> None:
    maker = shared / "corpus" / "gen_corpus.py"
    subprocess.run([sys.executable, str(maker), str(tmp_path), "--only", "token"], check=True, capture_output=True)
    cases = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert len(cases) == 42
    expected = {case["id"]: 1 if case["expect"] == "ok" else None for case in cases}
    assert {case["id"]: verified(judge, case["inline"]) for case in cases} == expected


def test_no_bad_token_passes_the_wall(judge: People) -> None:
    """The walls know tokens by their hash alone, whatever stands in them."""
    with judge.nobody() as connection:
        accounts = SqlAccounts(connection)
        for case, token in (REFUSED | FURTHER).items():
            accounts.carry(token)
            assert accounts.whoami() is None, case
        for case, token in ACCEPTED.items():
            accounts.carry(token.strip())
            assert accounts.whoami() is not None, case


def test_an_independent_reader_agrees_about_every_token() -> None:
    """PyJWT judges form, signature and times; what it leaves to its user is judged here as ours should be."""
    sessions = {("1", "s1")}
    for case, token in (ACCEPTED | REFUSED | FURTHER).items():
        assert _pyjwt_accepts(token, sessions) is (case in ACCEPTED), case


def _pyjwt_accepts(token: str, sessions: set[tuple[str, str]]) -> bool:
    try:
        # Times are judged below, at the moment of the corpus and not of this machine.
        claims = jwt.decode(
            token.strip(),
            KEY,
            algorithms=["HS256"],
            audience="realestate-cli",
            issuer="realestate",
            options={"require": list(CLAIMS), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
        header = jwt.get_unverified_header(token.strip())
        life = claims["exp"] - claims["iat"]
        timely = claims["exp"] + 30 > NOW.timestamp() and max(claims["nbf"], claims["iat"]) - 30 <= NOW.timestamp()
    except (jwt.PyJWTError, TypeError, ValueError, RecursionError):
        return False
    ours = claims["typ"] == "access" and claims["jti"] != "" and set(header) == {"alg", "typ"}
    return timely and ours and 1 <= life <= 900 and (claims["sub"], claims["sid"]) in sessions
