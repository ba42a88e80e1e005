"""Asking to come in by a contact: a code and a link go there, and are worth something in the browser that asked.

Asking has one answer, whatever is known and whether or not something goes out: the asking is written down, and a job
decides. To a contact that nobody holds nothing is sent: else whoever types a stranger's address would have us write to
the stranger, and to everybody whose address was mistyped.

Mail scanners open links, run scripts and send forms. A link or a code therefore opens nothing without the secret of the
browser that asked, and what comes without it changes nothing and uses nothing up (see docs/portal-entry.md).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import new_id, session
from privacy.dsar import service as dsar
from privacy.dsar.service import ProofLevel
from privacy.errors import InvalidInput, NotAuthenticated
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.selfservice import audited, invitations, sessions
from privacy.selfservice.failures import TooManyAskings
from privacy.selfservice.holders import held_by, held_contact
from privacy.selfservice.invitations import Invitation
from privacy.selfservice.models import PersonEntry
from privacy.selfservice.sessions import Opened, PersonSession
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName

DIGITS = 8
#: How long code and link are good for, and how long an asking waits to be dealt with.
GOOD_FOR = 10 * clock.MINUTE
MOST_TRIES = 5
#: Letters to one contact within an hour and within a day; and how many of an hour's may be asked for from one network,
#: so that nobody uses up alone what its holder needs.
MOST_AN_HOUR, MOST_A_DAY, MOST_FROM_ONE = 5, 10, 3
#: From one network (`network_of`) within an hour: past the first number askings come after all others, and share a
#: number of letters of their own; past the second they are not written down. Operators of phones put many behind one.
CROWDED, MOST_OF_A_NETWORK = 10, 300
#: Letters within an hour for all together, and for those who asked from crowded networks.
MOST_LETTERS, MOST_CROWDED_LETTERS = 3_000, 300
#: By these somebody comes in: a code on paper would come too late.
KINDS = (ContactKind.EMAIL, ContactKind.PHONE)
#: The page of the link. The ticket stands behind `#`, which browsers tell to no server, log or other site.
LINK = "/portal/enter/link"
_HOUR = 60 * clock.MINUTE
_KEPT = clock.DAY
_AT_ONCE = 20
_MOST_DELETED = 200
_TABLE, _COLUMN = "person_entry", "contact_enc"
_GAPS = re.compile(r"[ \u00a0-]")


@dataclass(frozen=True)
class Asking:
    """What a browser asks with."""

    #: The secret that it has in a cookie.
    browser: str = field(repr=False)
    #: The network that it asks from, which is counted and not kept.
    network: str = field(repr=False)
    #: BCP 47.
    locale: str


@dataclass(frozen=True)
class Redeemed:
    """What a code or a link opened."""

    opened: Opened
    #: Whether it proved a session further that was open already.
    stepped_up: bool


def ask(kind: ContactKind, value: str, asking: Asking) -> None:
    """Write down that somebody asks to come in, in the open unit of work. The same for every contact that is one.

    Raises `BadIdentifier` where it is none, `TooManyAskings` where very many came from that network.
    """
    if kind not in KINDS:
        raise InvalidInput.of("kind", "Choose e-mail or phone.")
    name = subjects.contact_name(programmes.current(), Realm.LIVE, kind, value)
    _write_down(name, asking, None)


def ask_further(mine: PersonSession, contact_id: UUID, asking: Asking) -> None:
    """Write down that a person wants to prove another contact of theirs; see `provable`. Raises `NotFound`."""
    _write_down(held_contact(mine, contact_id), asking, mine.id)


def send_asked(now: int, *, base_url: str, actor: Actor) -> int:
    """Send what was asked for, some at a time, in the open unit of work; returns how many askings it dealt with.

    `base_url`: of this service, and of no request. Those from crowded networks come last. What cannot be sent in time
    is given up.
    """
    waiting = sa.select(PersonEntry).where(PersonEntry.decided_at.is_(None))
    query = waiting.order_by(PersonEntry.crowded, PersonEntry.asked_at).limit(_AT_ONCE)
    for entry in (entries := session().scalars(query.with_for_update(skip_locked=True)).all()):
        if entry.ended_at is None and entry.asked_at > now - GOOD_FOR:
            _decide(entry, now, base_url, actor)
        # The contact as it was typed is not needed any more, and nothing of a stranger's is kept.
        entry.decided_at, entry.contact_enc, entry.key_version = now, None, None
    return len(entries)


def redeem_code(browser: str, given: str, current: PersonSession | None) -> Redeemed | None:
    """What the code opens in the browser that asked, in the open unit of work; None where it is not the code.

    A wrong one counts, and five void what was sent: the caller commits it.
    """
    entry = _waiting(browser)
    if entry is None or entry.code_digest is None:
        return None
    if not hmac.compare_digest(bytes(entry.code_digest), _digest(entry.id, _GAPS.sub("", given))):
        entry.tries += 1
        audited.of_entry("refused", entry, SERVICE, tries=entry.tries)
        return None
    return _use(entry, current, by="code")


def redeem_ticket(browser: str, ticket: str, current: PersonSession | None) -> Redeemed | None:
    """What the ticket of a link opens in the browser that asked, in the open unit of work; elsewhere None.

    Nothing changes then: whoever tries a ticket without the browser's secret uses nothing up.
    """
    entry = _waiting(browser)
    if entry is None or entry.ticket_sha256 is None:
        return None
    if not hmac.compare_digest(bytes(entry.ticket_sha256), hashlib.sha256(ticket.encode()).digest()):
        return None
    return _use(entry, current, by="link")


def network_of(address: str | None) -> str:
    """The network of an address that asks: what one household or company has, as far as addresses tell."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped else found
    return str(ipaddress.ip_network(f"{inner}/{24 if inner.version == 4 else 56}", strict=False))


def delete_old(now: int, *, actor: Actor) -> int:
    """Delete askings of a day ago, some at a time, in the open unit of work; returns how many."""
    old = sa.select(PersonEntry.id).where(PersonEntry.decided_at < now - _KEPT).order_by(PersonEntry.id)
    ids = session().scalars(old.limit(_MOST_DELETED).with_for_update(skip_locked=True)).all()
    if ids:
        gone = sa.delete(PersonEntry).where(PersonEntry.id.in_(ids))
        session().execute(gone.execution_options(synchronize_session=False))
        audited.of_deleted("person_entries", ids, actor)
    return len(ids)


def _write_down(name: ContactName, asking: Asking, session_id: UUID | None) -> None:
    network = asking.network.encode()
    if not dsar.take_quota("entry network", network, most=MOST_OF_A_NETWORK, window=_HOUR):
        raise TooManyAskings
    few = dsar.take_quota("entry few", network, most=CROWDED, window=_HOUR)
    # So that somebody elsewhere does not use up the mailbox's hour; counted before anybody looks whose it is.
    alone = dsar.take_quota("entry from", network + name.known_as, most=MOST_FROM_ONE, window=_HOUR)
    now, entry_id = clock.micros(), new_id()
    key = load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
    entry = PersonEntry(
        id=entry_id,
        asked_at=now,
        browser_sha256=_browser(asking.browser),
        session_id=session_id,
        kind=name.kind.value,
        contact_enc=key.seal(_TABLE, _COLUMN, entry_id, name.normal.given.encode()),
        key_version=key.version,
        crowded=not few,
        locale=asking.locale,
        tries=0,
        # Of one that goes too far nothing is sent; it looks like the others.
        ended_at=None if alone else now,
    )
    older = sa.update(PersonEntry).where(
        PersonEntry.browser_sha256 == entry.browser_sha256, PersonEntry.ended_at.is_(None)
    )
    if alone:
        session().execute(older.values(ended_at=now).execution_options(synchronize_session=False))
    session().add(entry)
    audited.of_entry("asked", entry, SERVICE)


def _decide(entry: PersonEntry, now: int, base_url: str, actor: Actor) -> None:
    """Send code and link where the contact is on file and there was not too much lately."""
    name = _name(entry)
    held = held_by(name, entry.asked_at)
    if held is None or not _is_within(entry, name, now):
        return
    code, ticket = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", secrets.token_urlsafe(32)
    entry.contact_id, entry.holder_id, entry.subject_id = held.contact_id, held.holder_id, held.subject_id
    entry.code_digest, entry.ticket_sha256 = _digest(entry.id, code), hashlib.sha256(ticket.encode()).digest()
    entry.expires_at = now + GOOD_FOR
    invitations.send(entry, held, Invitation(code, f"{base_url}{LINK}#{ticket}"))
    audited.of_entry("sent", entry, actor)


def _is_within(entry: PersonEntry, name: ContactName, now: int) -> bool:
    sent = sa.select(sa.func.count()).where(PersonEntry.decided_at > now - _HOUR, PersonEntry.code_digest.is_not(None))
    if (session().scalar(sent) or 0) >= MOST_LETTERS:
        return False
    if entry.crowded and (session().scalar(sent.where(PersonEntry.crowded)) or 0) >= MOST_CROWDED_LETTERS:
        return False
    hourly = dsar.take_quota("entry hour", name.known_as, most=MOST_AN_HOUR, window=_HOUR)
    return hourly and dsar.take_quota("entry day", name.known_as, most=MOST_A_DAY)


def _waiting(browser: str) -> PersonEntry | None:
    """What was sent for a browser and is good yet, locked; there is one at most."""
    query = sa.select(PersonEntry).where(
        PersonEntry.browser_sha256 == _browser(browser),
        PersonEntry.ended_at.is_(None),
        PersonEntry.expires_at > clock.micros(),
        PersonEntry.tries < MOST_TRIES,
    )
    newest = query.order_by(PersonEntry.asked_at.desc(), PersonEntry.id.desc()).limit(1)
    return session().scalar(newest.with_for_update().execution_options(populate_existing=True))


def _use(entry: PersonEntry, current: PersonSession | None, *, by: str) -> Redeemed | None:
    if entry.contact_id is None or entry.holder_id is None or not _is_as_sent(entry):
        return None
    if entry.session_id is not None and (current is None or current.id != entry.session_id):
        return None
    entry.ended_at = clock.micros()
    audited.of_entry("used", entry, SERVICE, by=by)
    if entry.session_id is None:
        row, opened = sessions.open_session(entry.subject_id, ProofLevel.CONTROL)
        sessions.add_proof(row, entry.contact_id, entry.holder_id)
        return Redeemed(opened, stepped_up=False)
    row = sessions.lock(entry.session_id)
    if row.subject_id is None or entry.subject_id is None:
        raise NotAuthenticated
    sessions.add_proof(row, entry.contact_id, entry.holder_id)
    return Redeemed(sessions.step_up(row, SERVICE), stepped_up=True)


def _is_as_sent(entry: PersonEntry) -> bool:
    """Whether the contact is whose it was as the code was sent: it may have been given to somebody else meanwhile."""
    held = subjects.contacts_held([entry.contact_id] if entry.contact_id else [])
    return bool(held) and (
        entry.subject_id is None or bool(subjects.one_with(entry.subject_id, realm=Realm.LIVE.value))
    )


def _name(entry: PersonEntry) -> ContactName:
    assert entry.contact_enc is not None  # It is there until the asking is decided.
    key = load_owner_key(session(), keyring.installed(), SERVICE_OWNER, entry.key_version)
    value = key.open(_TABLE, _COLUMN, entry.id, entry.contact_enc).decode()
    return subjects.contact_name(programmes.current(), Realm.LIVE, ContactKind(entry.kind), value)


def _browser(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _digest(entry_id: UUID, code: str) -> bytes:
    return blind_index.of_repeat(keyring.installed(), b"entry code " + entry_id.bytes + code.encode())
