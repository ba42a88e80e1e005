"""How often somebody may try to sign in, counted in the database for all processes and machines together.

By name and network together, where the wait doubles with each failure; by network, against many names from one place;
and by name, against many places. The last one passes over a network from which that name has signed in before, so that
nobody is locked out of their own desk by others who guess elsewhere. An attempt counts when it begins: many at once are
as many as one after another.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from privacy import clock
from privacy.access.failures import TooManyAttempts
from privacy.access.sign_in.models import SignInAttempts
from privacy.crypto import blind_index, keyring
from privacy.db import session


@dataclass(frozen=True)
class _Rule:
    """After so many failures, waits that double up to the longest. Times in microseconds."""

    free: int
    longest: int
    forgets: int


_PAIR = _Rule(5, 15 * clock.MINUTE, clock.DAY)
_NETWORK = _Rule(60, 15 * clock.MINUTE, 15 * clock.MINUTE)
_NAME = _Rule(20, clock.MINUTE, 60 * clock.MINUTE)
#: How long it is remembered that a name signed in from a network.
_KNOWN = 90 * clock.DAY

_BEGIN = sa.text(
    "INSERT INTO sign_in_attempts (digest, failures, began_at, wait_until, forget_at)"
    " VALUES (:digest, 0, :now, 0, :forget_at) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class Attempt:
    """One attempt, counted as a failure until it is known to be none."""

    pair: bytes
    network: bytes | None
    name: bytes


def begin(name: str, network: str | None) -> Attempt:
    """Count one attempt, in the open unit of work; raises `TooManyAttempts`, and then nothing is counted.

    `network`: as `http.sources.network_of` gives it; None counts by name alone.
    """
    now = clock.micros()
    attempt = Attempt(
        _digest("pair", name.casefold(), network or ""),
        None if network is None else _digest("network", network),
        _digest("name", name.casefold()),
    )
    rules = {attempt.pair: _PAIR, attempt.name: _NAME} | ({attempt.network: _NETWORK} if attempt.network else {})
    session().execute(sa.delete(SignInAttempts).where(SignInAttempts.forget_at <= now))
    rows = {digest: _row(digest, rules[digest], now) for digest in sorted(rules)}
    known = rows[attempt.pair].forget_at > now + _PAIR.forgets
    counted = {digest: row for digest, row in rows.items() if not (known and digest == attempt.name)}
    wait = max(row.wait_until for row in counted.values()) - now
    if wait > 0:
        raise TooManyAttempts(retry_after=-(-wait // clock.SECOND))
    for digest, row in counted.items():
        _count(row, rules[digest], now)
    return attempt


def passed(attempt: Attempt) -> None:
    """The attempt was right, and more is asked for: it counts no more, and those before it still do."""
    for row in _counted(attempt):
        row.failures, row.wait_until = max(row.failures - 1, 0), 0


def succeeded(attempt: Attempt) -> None:
    """Somebody is inside: forget the failures before it, and know the network of this name from now on."""
    for row in _counted(attempt):
        row.failures = max(row.failures - 1, 0) if row.digest == attempt.network else 0
        row.wait_until = 0
        if row.digest == attempt.pair:
            row.forget_at = clock.micros() + _KNOWN


def _counted(attempt: Attempt) -> list[SignInAttempts]:
    digests = sorted(one for one in (attempt.pair, attempt.name, attempt.network) if one)
    found = (session().get(SignInAttempts, digest) for digest in digests)
    return [row for row in found if row is not None]


def _row(digest: bytes, rule: _Rule, now: int) -> SignInAttempts:
    session().execute(_BEGIN, {"digest": digest, "now": now, "forget_at": now + rule.forgets})
    query = sa.select(SignInAttempts).where(SignInAttempts.digest == digest).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def _count(row: SignInAttempts, rule: _Rule, now: int) -> None:
    row.failures += 1
    row.forget_at = max(row.forget_at, now + rule.forgets)
    if row.failures >= rule.free:
        row.wait_until = now + min(clock.SECOND << min(row.failures - rule.free, 20), rule.longest)


def _digest(kind: str, *parts: str) -> bytes:
    # A name that was typed may be a password that slipped into the wrong field: only a keyed digest is kept.
    return blind_index.of_repeat(keyring.installed(), "\n".join(("sign-in", kind, *parts)).encode())
