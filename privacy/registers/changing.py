"""Entries of the registers in the hands of people: begun, changed, advised on, decided, superseded.

Every change names the version that it is made to, so that nobody writes over what somebody else has just written.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import create_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.registers import policy
from privacy.registers.audited import record
from privacy.registers.content import About, Content
from privacy.registers.entries import COLUMN, TABLE, EntryView, key_of, opened, view
from privacy.registers.failures import (
    EntryBeingRenewed,
    EntryChanged,
    EntryClosed,
    EntryNotDecided,
    EntryNotFound,
)
from privacy.registers.models import RegisterEntry
from privacy.registers.vocabulary import RULES, EntryKind, EntryOutcome, EntryState

#: Serialises the giving of numbers on PostgreSQL. Any figure, but no other lock's.
_NUMBERING = 0x7265_6769
_DIGITS = 4
_TEST = "test-"


@dataclass(frozen=True)
class Draft:
    """What an entry is to say."""

    title: str = field(repr=False)
    #: The name of the member of staff who answers for it.
    owner: str
    about: About = field(default_factory=About)
    held_on: date | None = None
    review_on: date | None = None
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    participants: tuple[str, ...] = field(default=(), repr=False)


def begin(kind: EntryKind, draft: Draft, *, actor: Actor) -> EntryView:
    """Begin an entry in the open unit of work. Raises `NotPermitted`, `InvalidInput`, `StaffNotFound`."""
    actor.require(Permission.REGISTERS_HANDLE)
    row = _new(kind, actor)
    _write(row, draft, programmes.current())
    session().add(row)
    record("register_entry.begun", row, actor=actor, details={})
    return view(row.id, realm=actor.realm)


def change(entry_id: UUID, version: int, draft: Draft, *, actor: Actor) -> EntryView:
    """Put a draft in the place of what an open entry says. The officer's advice on the earlier text is void then.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryClosed`, `InvalidInput`, `StaffNotFound`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    row = locked(entry_id, version, actor.realm, EntryState.OPEN)
    before = opened(row)
    _write(row, draft, programmes.current())
    row.advised_at, row.advised_by = None, None
    fields = [name for name in Content.__struct_fields__ if getattr(before, name) != getattr(opened(row), name)]
    return _changed(row, "register_entry.changed", actor, fields=fields)


def advise(entry_id: UUID, version: int, advice: str, *, actor: Actor) -> EntryView:
    """Write down the data protection officer's advice on an entry as it is (Art. 35(2)), in the open unit of work.

    Raises `access.OfficerOnly`, `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryClosed`, `InvalidInput`.
    """
    actor.require(Permission.REGISTERS_ADVISE)
    if not is_officer(actor):
        raise access.OfficerOnly
    row = locked(entry_id, version, actor.realm, EntryState.OPEN)
    _say(row, advice=policy.text("advice", advice))
    row.advised_at, row.advised_by = clock.micros(), actor.id
    return _changed(row, "register_entry.advised", actor)


def decide(entry_id: UUID, version: int, outcome: EntryOutcome, *, reason: str, actor: Actor) -> EntryView:
    """Decide an entry, in the open unit of work; it is not edited from then on, and what it supersedes is superseded.

    An impact assessment whose outcome is that the authority is asked first waits for its answer (Art. 36). Raises
    `NotPermitted`, `OfficerMayNotDecide`, `AdviceNeeded`, `EntryNotFound`, `EntryChanged`, `EntryClosed`,
    `InvalidInput`.
    """
    row = locked(entry_id, version, actor.realm, EntryState.OPEN, EntryState.CONSULTING)
    # To close a training or an audit is to say that it took place, which whoever held it may do.
    of_controller = RULES[EntryKind(row.kind)].controller_decides
    actor.require(Permission.REGISTERS_DECIDE if of_controller else Permission.REGISTERS_HANDLE)
    programme, seen = programmes.current(), view(entry_id, realm=actor.realm)
    deciding = policy.Deciding(
        kind=seen.kind,
        state=seen.state,
        said=seen.content,
        about=seen.about,
        held_on=seen.held_on,
        advised=seen.advised_at is not None,
        consulted=seen.consulted_on is not None,
        by_officer=is_officer(actor) or row.advised_by == actor.id,
        officer_designated=programme.dpo is not None,
        today=_today(programme),
    )
    policy.ensure_decidable(deciding, outcome)
    _say(row, reason=policy.text("reason", reason))
    before = row.state
    row.outcome = outcome.value
    row.state = (EntryState.CONSULTING if outcome is EntryOutcome.CONSULT_AUTHORITY else EntryState.DECIDED).value
    row.decided_at, row.decided_by = clock.micros(), actor.id
    decided = _changed(
        row, "register_entry.decided", actor, **{"from": before, "to": row.state, "outcome": row.outcome}
    )
    if row.state == EntryState.DECIDED and row.supersedes_id is not None:
        _supersede(row.supersedes_id, row.number, actor)
    return decided


def note_consultation(entry_id: UUID, version: int, on: date, answer: str, *, actor: Actor) -> EntryView:
    """Write down what the authority answered (Art. 36(2)), and when, in the open unit of work; then it is decided.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryClosed`, `InvalidInput`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    row = locked(entry_id, version, actor.realm, EntryState.CONSULTING)
    if on > _today(programmes.current()):
        raise InvalidInput.of("on", "Name a day that has come.")
    row.consulted_on = days.numbered(on)
    _say(row, authority_advice=policy.text("answer", answer))
    return _changed(row, "register_entry.authority_answered", actor, on=on.isoformat())


def review(entry_id: UUID, version: int, review_on: date, *, reason: str, actor: Actor) -> EntryView:
    """Say that a decided entry was looked at and stands, until a later day on which it is looked at again.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryNotDecided`, `InvalidInput`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    row = _decided(entry_id, version, actor.realm)
    if review_on <= _today(programmes.current()):
        raise InvalidInput.of("review_on", "Name a later day than today.")
    row.review_on = days.numbered(review_on)
    _say(row, reason=policy.text("reason", reason))
    return _changed(row, "register_entry.reviewed", actor, review_on=review_on.isoformat())


def renew(entry_id: UUID, version: int, *, actor: Actor) -> EntryView:
    """Begin a new version of a decided entry, which says the same at first; the old one stands until it is decided.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryNotDecided`, `EntryBeingRenewed`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    old = _decided(entry_id, version, actor.realm)
    open_ones = [EntryState.OPEN.value, EntryState.CONSULTING.value]
    under_way = sa.select(RegisterEntry.id).where(
        RegisterEntry.supersedes_id == old.id, RegisterEntry.state.in_(open_ones)
    )
    if session().scalar(under_way.limit(1)) is not None:
        raise EntryBeingRenewed
    row, said = _new(EntryKind(old.kind), actor), opened(old)
    row.about, row.owner_id, row.supersedes_id = old.about, old.owner_id, old.id
    row.content_enc = _sealed(row, Content(title=said.title, answers=said.answers))
    session().add(row)
    # The old one changes too: of two who renew it at once, the second is told.
    old.version += 1
    record("register_entry.renewed", old, actor=actor, details={"by": row.number})
    record("register_entry.begun", row, actor=actor, details={"supersedes": old.number})
    return view(row.id, realm=actor.realm)


def cancel(entry_id: UUID, version: int, *, reason: str, actor: Actor) -> EntryView:
    """Give up an entry that is not decided; it stays in the register, with the reason.

    Raises `NotPermitted`, `EntryNotFound`, `EntryChanged`, `EntryClosed`, `InvalidInput`.
    """
    actor.require(Permission.REGISTERS_HANDLE)
    row = locked(entry_id, version, actor.realm, EntryState.OPEN, EntryState.CONSULTING)
    _say(row, reason=policy.text("reason", reason))
    row.state = EntryState.CANCELLED.value
    return _changed(row, "register_entry.cancelled", actor)


def is_officer(actor: Actor) -> bool:
    """Whether the data protection officer acts."""
    return actor.kind is ActorKind.STAFF and access.is_officer(actor.id)


def locked(entry_id: UUID, version: int, realm: Realm, *states: EntryState) -> RegisterEntry:
    """That version of an entry, locked; raises `EntryNotFound`, `EntryChanged`, `EntryClosed` in no such state."""
    row = _locked(entry_id, version, realm)
    if row.state not in states:
        raise EntryClosed
    return row


def _decided(entry_id: UUID, version: int, realm: Realm) -> RegisterEntry:
    row = _locked(entry_id, version, realm)
    if row.state != EntryState.DECIDED:
        raise EntryNotDecided
    return row


def _locked(entry_id: UUID, version: int, realm: Realm) -> RegisterEntry:
    query = sa.select(RegisterEntry).where(RegisterEntry.id == entry_id, RegisterEntry.realm == realm.value)
    row = session().scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise EntryNotFound
    if row.version != version:
        raise EntryChanged
    return row


def _supersede(entry_id: UUID, by: str, actor: Actor) -> None:
    query = sa.select(RegisterEntry).where(RegisterEntry.id == entry_id).with_for_update()
    old = session().scalars(query.execution_options(populate_existing=True)).one()
    old.state = EntryState.SUPERSEDED.value
    old.version += 1
    record("register_entry.superseded", old, actor=actor, details={"by": by})


def _new(kind: EntryKind, actor: Actor) -> RegisterEntry:
    """The row of a new entry, without what it says."""
    now, entry_id, programme = clock.micros(), new_id(), programmes.current()
    key = create_owner_key(session(), keyring.installed(), entry_id)
    return RegisterEntry(
        id=entry_id,
        number=_next_number(now, kind, actor.realm, programme),
        realm=actor.realm.value,
        kind=kind.value,
        state=EntryState.OPEN.value,
        outcome=None,
        held_on=None,
        review_on=None,
        reminded_on=None,
        created_at=now,
        created_by=actor.id,
        advised_at=None,
        advised_by=None,
        consulted_on=None,
        decided_at=None,
        decided_by=None,
        supersedes_id=None,
        version=1,
        key_version=key.version,
    )


def _write(row: RegisterEntry, draft: Draft, programme: Programme) -> None:
    said = policy.checked(EntryKind(row.kind), draft.title, draft.answers, draft.participants)
    policy.check_about(draft.about, programme)
    row.owner_id = access.member(draft.owner)
    row.about = json.dumps({part: sorted(set(codes)) for part, codes in dataclasses.asdict(draft.about).items()})
    row.held_on = None if draft.held_on is None else days.numbered(draft.held_on)
    row.review_on = None if draft.review_on is None else days.numbered(draft.review_on)
    row.content_enc = _sealed(row, said)


def _say(row: RegisterEntry, **changed: Any) -> None:
    row.content_enc = _sealed(row, msgspec.structs.replace(opened(row), **changed))


def _sealed(row: RegisterEntry, content: Content) -> bytes:
    return key_of(row).seal(TABLE, COLUMN, row.id, msgspec.json.encode(content))


def _changed(row: RegisterEntry, action: str, actor: Actor, **details: Any) -> EntryView:
    row.version += 1
    record(action, row, actor=actor, details=details)
    return view(row.id, realm=actor.realm)


def _today(programme: Programme) -> date:
    return days.day_of(clock.micros(), programme.zone)


def _next_number(now: int, kind: EntryKind, realm: Realm, programme: Programme) -> str:
    """The next number of the kind and year; made-up ones are counted apart.

    SQLite has one writer at a time; on PostgreSQL a lock until the commit makes it so for numbers.
    """
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.text(f"SELECT pg_advisory_xact_lock({_NUMBERING})"))
    mark = _TEST if realm is Realm.TEST else ""
    prefix = f"{mark}{RULES[kind].prefix}-{days.day_of(now, programme.zone).year}-"
    mine = sa.select(RegisterEntry.number).where(RegisterEntry.number.startswith(prefix, autoescape=True))
    longest_first = sa.func.length(RegisterEntry.number).desc()  # A ten-thousandth has a digit more.
    last = session().scalar(mine.order_by(longest_first, RegisterEntry.number.desc()).limit(1))
    return f"{prefix}{int((last or '-0').rpartition('-')[2]) + 1:0{_DIGITS}}"
