"""Warn people before data about them go, where the rule wants it: once for a person and a rule, and never too late.

Nothing of somebody goes before the warning was delivered so many days ago. What cannot be delivered by two ways is a
person's to decide; so is what the person writes back. A warning counts for what is over soon after the day that it
names: for data that come up years later there is another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.consent import service as consent
from privacy.consent.service import Place
from privacy.crypto import keyring
from privacy.crypto.owner_keys import create_owner_key, destroy_owner_key, load_owner_key
from privacy.db import in_parts, new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.programme.types import Programme, RetentionRule
from privacy.retention.holds import holds
from privacy.retention.warnings import warning_audited, warning_sending
from privacy.retention.warnings.failures import WarningChanged, WarningNotFound
from privacy.retention.warnings.models import RetentionWarned, RetentionWarning
from privacy.retention.warnings.warned import Person, Warned, names_of, people_of
from privacy.retention.warnings.warning_sending import Reach, WarningState
from privacy.subjects import service as subjects

#: How long it can be shown that somebody was warned (Art. 5(2)): as long as a claim about it may come (KC art. 118).
_KEPT = 3 * 366 * clock.DAY
#: For how long a decision holds where nobody says a day.
_DECIDED = timedelta(days=365)
#: How many warnings one unit of work brings on, so that it stays short.
_AT_ONCE = 20
MOST_ON_A_PAGE = 200
_LIVE_STATES = {WarningState.WAITING.value, WarningState.DELIVERED.value}


class Standing(StrEnum):
    """Whether data of somebody may go, as far as a warning is concerned."""

    CLEARED = "cleared"  # delivered, and the days are over
    WAITING = "waiting"  # not warned yet, or the days are not over
    FOR_A_PERSON = "for_a_person"  # it could not be delivered, or there is nobody to warn
    KEPT = "kept"  # somebody decided that the data stay


class Choice(StrEnum):
    """What a person decides about a warning."""

    TOLD = "told"  # the person was told by another way, on a day
    LET_GO = "let_go"  # the data may go without a warning
    KEEP = "keep"  # the data stay


@dataclass(frozen=True)
class WarningView:
    """A warning as it is listed: whom it is about stands nowhere here."""

    id: UUID
    number: str
    rule: str
    run_id: UUID
    state: WarningState
    way: str | None
    #: How often it was tried, by every way.
    attempts: int
    created_at: int
    delivered_at: int | None
    goes_on: date | None
    version: int


#: Worst first: a row of two people goes when both are cleared.
_WORST = (Standing.KEPT, Standing.FOR_A_PERSON, Standing.WAITING, Standing.CLEARED)


def warn(
    run_id: UUID, people: Iterable[Warned], rule: RetentionRule, *, actor: Actor, realm: Realm = Realm.LIVE
) -> int:
    """Begin a warning for each of the people who has none that counts, in the open unit of work; returns how many.

    A repeat, by the same run or another, changes nothing. Call it with a batch, not with a table.
    """
    if rule.warning is None:
        raise ValueError("the rule wants no warning")
    programme, begun = programmes.current(), 0
    for person in _distinct(people, programme, realm):
        begun += _begin(run_id, person, rule, programme, realm, actor)
    return begun


def standing(
    rule: RetentionRule, people: Sequence[Warned], today: date, *, realm: Realm = Realm.LIVE
) -> Sequence[Standing]:
    """Whether data that are over today may go, for each in order: as its least ready person stands."""
    programme = programmes.current()
    behind = [people_of(one, programme, realm) for one in people]
    found = _current(rule.code, {name for persons in behind for person in persons for name in person.names})
    return [_of_all(persons, found, days.numbered(today)) for persons in behind]


def decide(
    warning_id: UUID,
    choice: Choice,
    *,
    actor: Actor,
    reason: str,
    version: int,
    on: date | None = None,
    realm: Realm = Realm.LIVE,
) -> WarningView:
    """What a person decided about a warning, in the open unit of work.

    `on`: of `TOLD` the day on which the person heard of it, by default today; of `KEEP` the last day for which it
    holds. Raises `WarningNotFound`, `WarningChanged`; `InvalidInput` for a day that cannot be.
    """
    row = _locked(warning_id, realm)
    if row.version != version:
        raise WarningChanged
    programme, now = programmes.current(), clock.micros()
    today = days.day_of(now, programme.zone)
    if choice is Choice.TOLD:
        _told(row, on or today, today, programme)
    else:
        until = on if choice is Choice.KEEP and on else today + _DECIDED
        if until < today:
            raise InvalidInput.of("on", "The data are kept until a day that is not over.")
        row.state = (WarningState.LET_GO if choice is Choice.LET_GO else WarningState.KEPT).value
        row.counts_until, row.goes_on = days.numbered(until), None
    key = load_owner_key(session(), keyring.installed(), row.id, row.key_version)
    row.reason_enc = key.seal("retention_warning", "reason_enc", row.id, reason.encode())
    row.decided_by, row.decided_at, row.version = actor.id, now, row.version + 1
    warning_audited.record(f"retention_warning.{choice.value}", row, actor=actor)
    return _view(row)


def listed(
    *,
    run_id: UUID | None = None,
    state: WarningState | None = None,
    before: UUID | None = None,
    limit: int = MOST_ON_A_PAGE,
    realm: Realm = Realm.LIVE,
) -> list[WarningView]:
    """Warnings, the newest first; `before`: the last id of the page before."""
    query = sa.select(RetentionWarning).where(RetentionWarning.realm == realm.value)
    if run_id is not None:
        query = query.where(RetentionWarning.run_id == run_id)
    if state is not None:
        query = query.where(RetentionWarning.state == state.value)
    if before is not None:
        query = query.where(RetentionWarning.id < before)
    query = query.order_by(RetentionWarning.id.desc()).limit(max(1, min(limit, MOST_ON_A_PAGE)))
    return [_view(row) for row in session().scalars(query)]


def view(warning_id: UUID, *, realm: Realm = Realm.LIVE) -> WarningView:
    """One warning; raises `WarningNotFound`."""
    row = session().get(RetentionWarning, warning_id)
    if row is None or row.realm != realm.value:
        raise WarningNotFound
    return _view(row)


def attend_warnings(now: int, *, actor: Actor) -> int:
    """Bring on warnings whose message came out, some at a time, in the open unit of work; returns how many."""
    query = (
        sa.select(RetentionWarning)
        .where(RetentionWarning.state.in_(_LIVE_STATES), RetentionWarning.next_at <= now)
        .order_by(RetentionWarning.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = list(session().scalars(query.execution_options(populate_existing=True)))
    for row in rows:
        warning_sending.attend(row, actor=actor)
    return len(rows)


def delete_old_warnings(now: int, *, actor: Actor) -> int:
    """Delete warnings past their term with their keys, some at a time, in the open unit of work; returns how many.

    That somebody was warned whom a legal hold holds may be what the case is about, and stays.
    """
    due = sa.select(RetentionWarning).where(RetentionWarning.deleted_at <= now).order_by(RetentionWarning.id)
    later = due
    while rows := session().scalars(later.limit(_AT_ONCE).with_for_update(skip_locked=True)).all():
        kept = _held(rows)
        for row in rows:
            if row.id not in kept:
                _delete(row, actor, "its term ended")
        if len(kept) < len(rows):
            return len(rows) - len(kept)
        later = due.where(RetentionWarning.id > rows[-1].id)
    return 0


def _held(rows: Sequence[RetentionWarning]) -> set[UUID]:
    """The warnings of somebody whom a hold holds, by subject or by a contact."""
    people = holds.held_among({row.subject_id for row in rows if row.subject_id is not None})
    ids = [row.id for row in rows]
    named = sa.select(RetentionWarned.warning_id, RetentionWarned.name_bidx).where(RetentionWarned.warning_id.in_(ids))
    warned = [(warning_id, bytes(name)) for warning_id, name in session().execute(named)]
    names = holds.held_names({name for _, name in warned})
    return {row.id for row in rows if row.subject_id in people} | {one for one, name in warned if name in names}


def forget_warned(subject_ids: Sequence[UUID]) -> int:
    """Delete every warning of people who are erased, in the open unit of work of that; returns how many."""
    programme, found, names = programmes.current(), set[UUID](), set[bytes]()
    realms = subjects.realms_of(subject_ids)
    for realm in sorted(set(realms.values())):
        names |= names_of([one for one in subject_ids if realms.get(one) is realm], programme, realm)
    for indexes in in_parts(sorted(names)):
        query = sa.select(RetentionWarned.warning_id).where(RetentionWarned.name_bidx.in_(indexes))
        found |= set(session().scalars(query))
    for part in in_parts(subject_ids):
        found |= set(session().scalars(sa.select(RetentionWarning.id).where(RetentionWarning.subject_id.in_(part))))
    gone = 0
    for warning_id in sorted(found):
        row = session().get(RetentionWarning, warning_id, with_for_update=True, populate_existing=True)
        if row is not None:
            _delete(row, SERVICE, "the person was erased")
            gone += 1
    return gone


def _distinct(people: Iterable[Warned], programme: Programme, realm: Realm) -> Iterable[Person]:
    seen: set[frozenset[bytes]] = set()
    for one in people:
        for person in people_of(one, programme, realm):
            if person.names not in seen:
                seen.add(person.names)
                yield person


def _begin(run_id: UUID, person: Person, rule: RetentionRule, programme: Programme, realm: Realm, actor: Actor) -> bool:
    """One warning, unless there is one that counts or another worker has just made it."""
    now = clock.micros()
    today = days.numbered(days.day_of(now, programme.zone))
    known = _current(rule.code, person.names)
    if any(_counts(row, today) for row in known.values()):
        return False
    _end(rule.code, {row.id for row in known.values()})
    warning_id = new_id()
    key = create_owner_key(session(), keyring.installed(), warning_id)
    contacts = tuple(Place(kind, value) for kind, value in person.contacts)
    row = RetentionWarning(
        id=warning_id,
        realm=realm.value,
        rule=rule.code,
        run_id=run_id,
        subject_id=min(person.members, default=None),
        locale=_locale_of(person, programme),
        state=WarningState.WAITING.value,
        way=None,
        tried=0,
        tried_before=0,
        message_id=None,
        next_at=now,
        created_at=now,
        delivered_at=None,
        goes_on=None,
        counts_until=None,
        decided_by=None,
        decided_at=None,
        deleted_at=now + _KEPT,
        version=1,
        reach_enc=warning_sending.sealed(key, warning_id, Reach(contacts)),
        reason_enc=None,
        key_version=key.version,
    )
    try:
        with session().begin_nested():
            session().add(row)
            session().flush()  # Its names refer to it.
            session().add_all(
                RetentionWarned(warning_id=warning_id, name_bidx=name, rule=rule.code, current=True)
                for name in sorted(person.names)
            )
            session().flush()
    except sa.exc.IntegrityError:
        destroy_owner_key(session(), warning_id)
        return False
    warning_sending.send(row, actor=actor)
    return True


def _current(rule: str, names: Collection[bytes]) -> dict[bytes, RetentionWarning]:
    """The warning that stands for each name, where there is one."""
    found: dict[bytes, RetentionWarning] = {}
    for part in in_parts(sorted(names)):
        query = (
            sa.select(RetentionWarned.name_bidx, RetentionWarning)
            .join(RetentionWarning, RetentionWarning.id == RetentionWarned.warning_id)
            .where(RetentionWarned.rule == rule, RetentionWarned.name_bidx.in_(part), RetentionWarned.current)
        )
        found |= {bytes(name): row for name, row in session().execute(query)}
    return found


def _counts(row: RetentionWarning, today: int) -> bool:
    return row.counts_until is None or today <= row.counts_until


def _end(rule: str, warning_ids: Collection[UUID]) -> None:
    if warning_ids:
        ended = sa.update(RetentionWarned).where(
            RetentionWarned.rule == rule, RetentionWarned.warning_id.in_(warning_ids)
        )
        session().execute(ended.values(current=False).execution_options(synchronize_session=False))


def _of_all(persons: Sequence[Person], found: dict[bytes, RetentionWarning], today: int) -> Standing:
    if not persons:
        return Standing.FOR_A_PERSON
    return min((_of_one(person, found, today) for person in persons), key=_WORST.index)


def _of_one(person: Person, found: dict[bytes, RetentionWarning], today: int) -> Standing:
    """As the best of their warnings stands, but for a word that the data stay."""
    rows = {found[name].id: found[name] for name in person.names if name in found}
    each = {_of_row(row, today) for row in rows.values()}
    if Standing.KEPT in each or not each:
        return Standing.KEPT if each else Standing.WAITING
    return max(each, key=_WORST.index)


def _of_row(row: RetentionWarning, today: int) -> Standing:
    if not _counts(row, today):
        return Standing.WAITING
    match WarningState(row.state):
        case WarningState.KEPT:
            return Standing.KEPT
        case WarningState.LET_GO:
            return Standing.CLEARED
        case WarningState.FOR_A_PERSON:
            return Standing.FOR_A_PERSON
        case WarningState.DELIVERED if row.goes_on is not None and row.goes_on <= today:
            return Standing.WAITING if warning_sending.came_back(row) else Standing.CLEARED
        case _:
            return Standing.WAITING


def _told(row: RetentionWarning, on: date, today: date, programme: Programme) -> None:
    rule = programme.retention_rules.get(row.rule)
    wanted = (rule.warning if rule is not None else None) or warning_sending.USUAL
    if on > today:
        raise InvalidInput.of("on", "The person was told on a day that has come.")
    goes_on = on + timedelta(days=wanted.days)
    row.state, row.delivered_at = WarningState.DELIVERED.value, days.end_of(on, programme.zone) - clock.SECOND
    row.goes_on, row.counts_until = days.numbered(goes_on), days.numbered(goes_on + warning_sending.COUNTS)
    # No mail of it can come back.
    row.way = row.message_id = None
    row.next_at = days.end_of(goes_on, programme.zone)


def _locale_of(person: Person, programme: Programme) -> str:
    """The language in which the person last spoke with us, else the first of the programme."""
    spoken = (one.locale for one in consent.acts_of(sorted(person.members)) if one.locale) if person.members else ()
    return next(iter(spoken), programme.jurisdiction.locales[0])


def _delete(row: RetentionWarning, actor: Actor, why: str) -> None:
    warning_audited.record(warning_audited.DELETED, row, actor=actor, details={"why": why})
    session().execute(sa.delete(RetentionWarned).where(RetentionWarned.warning_id == row.id))
    outbox.forget_people([row.id])
    session().delete(row)
    session().flush()
    destroy_owner_key(session(), row.id)


def _locked(warning_id: UUID, realm: Realm) -> RetentionWarning:
    query = sa.select(RetentionWarning).where(RetentionWarning.id == warning_id, RetentionWarning.realm == realm.value)
    row = session().scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise WarningNotFound
    return row


def _view(row: RetentionWarning) -> WarningView:
    return WarningView(
        row.id,
        warning_sending.number_of(row.id),
        row.rule,
        row.run_id,
        WarningState(row.state),
        row.way,
        row.tried + row.tried_before,
        row.created_at,
        row.delivered_at,
        days.named(row.goes_on) if row.goes_on is not None else None,
        row.version,
    )
