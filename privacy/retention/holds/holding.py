"""Legal holds in the hands of people: placed with a case or statute, looked at again on a day, released by two."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.access.service import OpenApproval
from privacy.authz.actors import Actor, Realm
from privacy.authz.permissions import Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, create_owner_key, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.retention.holds import gate, holds
from privacy.retention.holds.audited import record
from privacy.retention.holds.failures import HoldNotFound, HoldReleased
from privacy.retention.holds.holds import CATEGORIES, OWN_SYSTEM, SYSTEMS
from privacy.retention.holds.models import HeldName, HeldPerson, LegalHold
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

_TABLE, _COLUMN = "legal_hold", "reason_enc"
_RELEASE = "legal_holds.release"
_LONGEST_REFERENCE, _LONGEST_REASON = 200, 2_000
#: More people in one call are placed by several: each is looked up while nothing may be deleted.
MOST_PEOPLE = 200
MOST_ON_A_PAGE = 1_000


@dataclass(frozen=True)
class Wanted:
    """A hold that is to be placed."""

    #: The case, or the statute, or both.
    reference: str
    statute: str
    #: The name of the member of staff who answers for it, and the day on which they look at it again.
    owner: str
    review_on: date
    reason: str = field(repr=False)
    people: tuple[Naming, ...] = field(default=(), repr=False)
    systems: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class HoldView:
    """A hold as staff see it. Whom it holds is told by a count alone."""

    id: UUID
    number: str
    reference: str
    statute: str
    systems: tuple[str, ...]
    categories: tuple[str, ...]
    #: Subjects that it holds; and names by which people are recognised who may not be known here.
    people: int
    names: int
    owner: str
    review_on: date
    placed_at: int
    placed_by: str
    released_at: int | None
    released_by: str | None
    #: None where a restore brought the hold back and not its key.
    reason: str | None = field(default=None, repr=False)


def place(wanted: Wanted, *, actor: Actor) -> HoldView:
    """Place a hold in the open unit of work: from its commit on nothing of it is deleted.

    Raises `NotPermitted`, `InvalidInput`, `StaffNotFound`, and `HoldMustWait` while a deletion is being made final:
    `gate.waited` before the unit of work sees to that.
    """
    owner_id = ensure_placeable(wanted, actor=actor)
    programme = programmes.current()
    gate.pass_alone()
    now, hold_id = clock.micros(), new_id()
    key = create_owner_key(session(), keyring.installed(), hold_id)
    row = LegalHold(
        id=hold_id,
        number=_next_number(now, actor.realm, programme),
        realm=actor.realm.value,
        reference=wanted.reference.strip(),
        statute=wanted.statute.strip(),
        scope=json.dumps({SYSTEMS: sorted(set(wanted.systems)), CATEGORIES: sorted(set(wanted.categories))}),
        owner_id=owner_id,
        review_on=days.numbered(wanted.review_on),
        reminded_on=None,
        placed_at=now,
        placed_by=actor.id,
        released_at=None,
        released_by=None,
        version=1,
        reason_enc=key.seal(_TABLE, _COLUMN, hold_id, wanted.reason.strip().encode()),
        key_version=key.version,
    )
    session().add(row)
    session().flush()
    people, names = _hold_people(hold_id, wanted.people, actor.realm, programme)
    told = {"number": row.number, "reference": row.reference, "statute": row.statute, "people": people, "names": names}
    record("legal_hold.placed", row, actor=actor, details=told | json.loads(row.scope))
    return view(hold_id, realm=actor.realm)


def ensure_placeable(wanted: Wanted, *, actor: Actor) -> UUID:
    """Raise what placing such a hold would, without placing it; returns the id of its owner."""
    actor.require(Permission.RETENTION_HANDLE)
    _check(wanted, programmes.current())
    return access.member(wanted.owner)


def review(hold_id: UUID, review_on: date, *, reason: str, actor: Actor) -> HoldView:
    """Say that a hold is needed yet, until a later day on which it is looked at again, in the open unit of work.

    Raises `NotPermitted`, `HoldNotFound`, `HoldReleased`, `InvalidInput`.
    """
    actor.require(Permission.RETENTION_HANDLE)
    text = _text("reason", reason, _LONGEST_REASON)
    row = _locked(hold_id, actor.realm)
    _check_review(review_on, programmes.current())
    before, row.review_on = row.review_on, days.numbered(review_on)
    row.version += 1
    told = {"from": days.named(before).isoformat(), "to": review_on.isoformat(), "reason": text}
    record("legal_hold.reviewed", row, actor=actor, details=told)
    return view(hold_id, realm=actor.realm)


def request_release(hold_id: UUID, *, actor: Actor, reason: str) -> UUID:
    """The first person asks for a hold to be released; returns the approval's id.

    Raises `NotPermitted`, `StaffOnly`, `HoldNotFound`, `HoldReleased`, `InvalidInput`.
    """
    actor.require(Permission.RETENTION_HANDLE)
    row = _locked(hold_id, actor.realm)
    return access.request_approval(_RELEASE, _as_it_is(row), actor=actor, reason=reason)


def release(hold_id: UUID, approval_id: UUID, *, actor: Actor) -> HoldView:
    """The second person agrees, and the hold is released: by whom it recognised people is deleted at once.

    Raises the approval's errors, `NotPermitted`, `HoldNotFound`, `HoldReleased`.
    """
    actor.require(Permission.RETENTION_APPROVE)
    row = _locked(hold_id, actor.realm)
    access.approve(approval_id, _RELEASE, _as_it_is(row), actor=actor)
    row.released_at, row.released_by = clock.micros(), actor.id
    row.version += 1
    forget_people(hold_id)
    record("legal_hold.released", row, actor=actor, details={"number": row.number, "approval": str(approval_id)})
    return view(hold_id, realm=actor.realm)


def release_asked(hold_id: UUID, *, realm: Realm) -> OpenApproval | None:
    """Who asked for a hold, as it is now, to be released and waits for a second person; raises `HoldNotFound`."""
    return access.open_approval_of(_RELEASE, _as_it_is(_row(hold_id, realm)))


def _as_it_is(row: LegalHold) -> Mapping[str, Any]:
    """What two people agree to release: whoever said since that it is needed yet is heard first."""
    return {"hold": str(row.id), "review_on": row.review_on}


def forget_people(hold_id: UUID) -> None:
    """Delete whom a hold holds, in the open unit of work."""
    session().execute(sa.delete(HeldPerson).where(HeldPerson.hold_id == hold_id))
    session().execute(sa.delete(HeldName).where(HeldName.hold_id == hold_id))


def view(hold_id: UUID, *, realm: Realm) -> HoldView:
    """One hold; raises `HoldNotFound`."""
    return _views([_row(hold_id, realm)])[0]


def named(number: str, *, realm: Realm) -> UUID:
    """The id of a hold by its number; raises `HoldNotFound`."""
    query = sa.select(LegalHold.id).where(LegalHold.number == number, LegalHold.realm == realm.value)
    found: UUID | None = session().scalar(query)
    if found is None:
        raise HoldNotFound
    return found


def listed(*, realm: Realm, released: bool = False, after: UUID | None = None, limit: int = 100) -> list[HoldView]:
    """Holds in force, with `released` every one, in the order in which they were placed."""
    query = sa.select(LegalHold).where(LegalHold.realm == realm.value)
    if not released:
        query = query.where(LegalHold.released_at.is_(None))
    if after is not None:
        query = query.where(LegalHold.id > after)
    return _views(session().scalars(query.order_by(LegalHold.id).limit(min(limit, MOST_ON_A_PAGE))).all())


def due_for_review(now: int, *, realm: Realm = Realm.LIVE) -> list[HoldView]:
    """Holds in force whose review day is today or past, the oldest day first. `now` in microseconds."""
    return _views(session().scalars(due_query(now, realm)).all())


def due_query(now: int, realm: Realm) -> sa.Select[LegalHold]:
    """The rows of those holds."""
    today = days.numbered(days.day_of(now, programmes.current().zone))
    due = sa.select(LegalHold).where(LegalHold.released_at.is_(None), LegalHold.realm == realm.value)
    return due.where(LegalHold.review_on <= today).order_by(LegalHold.review_on, LegalHold.id)


def _views(rows: Sequence[LegalHold]) -> list[HoldView]:
    ids = [row.id for row in rows]
    people, names = _counts(HeldPerson, ids), _counts(HeldName, ids)
    who = access.principals({one for row in rows for one in (row.owner_id, row.placed_by, row.released_by) if one})
    called = {one: principal.name for one, principal in who.items()}
    return [
        HoldView(
            id=row.id,
            number=row.number,
            reference=row.reference,
            statute=row.statute,
            systems=tuple(json.loads(row.scope)[SYSTEMS]),
            categories=tuple(json.loads(row.scope)[CATEGORIES]),
            people=people.get(row.id, 0),
            names=names.get(row.id, 0),
            owner=called.get(row.owner_id, str(row.owner_id)),
            review_on=days.named(row.review_on),
            placed_at=row.placed_at,
            placed_by=called.get(row.placed_by, str(row.placed_by)),
            released_at=row.released_at,
            released_by=called.get(row.released_by, str(row.released_by)) if row.released_by else None,
            reason=_reason(row),
        )
        for row in rows
    ]


def _counts(table: type[HeldPerson | HeldName], hold_ids: Collection[UUID]) -> dict[UUID, int]:
    query = sa.select(table.hold_id, sa.func.count()).where(table.hold_id.in_(hold_ids)).group_by(table.hold_id)
    return {row.hold_id: row[1] for row in session().execute(query)}


def _reason(row: LegalHold) -> str | None:
    try:
        key = load_owner_key(session(), keyring.installed(), row.id, row.key_version)
    except KeyDestroyed:
        return None
    return key.open(_TABLE, _COLUMN, row.id, row.reason_enc).decode()


def _hold_people(hold_id: UUID, namings: Sequence[Naming], realm: Realm, programme: Programme) -> tuple[int, int]:
    """Write down who is held; says how many subjects and names that is."""
    found = {subject_id for naming in namings for subject_id in _found(naming)}
    people = holds.people_behind(found)
    names = {index for naming in namings for index in holds.indexes_of(naming)}
    names |= holds.indexes_of_people(people, programme, realm)
    session().add_all(HeldPerson(hold_id=hold_id, subject_id=one) for one in sorted(people))
    session().add_all(HeldName(hold_id=hold_id, name_bidx=one) for one in sorted(names))
    session().flush()
    return len(people), len(names)


def _found(naming: Naming) -> tuple[UUID, ...]:
    """Who is named; nobody is held by a reference to nobody."""
    found = subjects.find_ids(naming)
    if not found and not naming.accounts and not naming.contacts:
        raise InvalidInput.of("people", "A reference names nobody who is here.")
    return found


def _check(wanted: Wanted, programme: Programme) -> None:
    for name, text in (("reference", wanted.reference), ("statute", wanted.statute)):
        if len(text.strip()) > _LONGEST_REFERENCE:
            raise InvalidInput.of(name, f"At most {_LONGEST_REFERENCE} characters, and nothing about a person.")
    if not wanted.reference.strip() and not wanted.statute.strip():
        raise InvalidInput.of("reference", "Name the case or the statute that asks for the hold.")
    _text("reason", wanted.reason, _LONGEST_REASON)
    if not (wanted.people or wanted.systems or wanted.categories):
        raise InvalidInput.of("people", "Say what is held: people, systems or categories of data.")
    if len(wanted.people) > MOST_PEOPLE:
        raise InvalidInput.of("people", f"At most {MOST_PEOPLE} at once; place another hold under the same reference.")
    for code in wanted.systems:
        if code != OWN_SYSTEM and code not in programme.systems:
            raise InvalidInput.of("systems", f"Unknown. Known are: {', '.join([OWN_SYSTEM, *programme.systems])}.")
    if wanted.categories:
        known = holds.known_categories(programme)
        if not all(any(one == code or one.startswith(f"{code}.") for one in known) for code in wanted.categories):
            raise InvalidInput.of("categories", f"Unknown. Known are: {', '.join(sorted(known))}.")
    _check_review(wanted.review_on, programme)


def _check_review(review_on: date, programme: Programme) -> None:
    if review_on <= days.day_of(clock.micros(), programme.zone):
        raise InvalidInput.of("review_on", "Name a later day than today.")


def _text(name: str, text: str, most: int) -> str:
    stripped = text.strip()
    if not 1 <= len(stripped) <= most:
        raise InvalidInput.of(name, f"Say why, in up to {most} characters.")
    return stripped


def _row(hold_id: UUID, realm: Realm) -> LegalHold:
    row = session().get(LegalHold, hold_id, populate_existing=True)
    if row is None or row.realm != realm.value:
        raise HoldNotFound
    return row


def _locked(hold_id: UUID, realm: Realm) -> LegalHold:
    """A hold in force, locked."""
    query = sa.select(LegalHold).where(LegalHold.id == hold_id, LegalHold.realm == realm.value).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise HoldNotFound
    if row.released_at is not None:
        raise HoldReleased
    return row


def _next_number(now: int, realm: Realm, programme: Programme) -> str:
    """The next number of the year; whoever places a hold has the gate alone, so none is given twice."""
    year = days.day_of(now, programme.zone).year
    prefix = f"H-{year}-" if realm is Realm.LIVE else f"test-H-{year}-"
    mine = sa.select(LegalHold.number).where(LegalHold.number.startswith(prefix, autoescape=True))
    longest_first = sa.func.length(LegalHold.number).desc()
    last = session().scalar(mine.order_by(longest_first, LegalHold.number.desc()).limit(1))
    return f"{prefix}{int((last or '-0').rpartition('-')[2]) + 1:04d}"
