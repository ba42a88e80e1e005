"""Deliver one warning: attempts by the first way, then by a second one, then it is a person's to decide.

Nothing here waits: each call looks how the last message came out, and writes the next one into the outbox.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.consent.service import Place
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, load_owner_key
from privacy.db import session
from privacy.errors import NotFound
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.outbox.service import Letterhead, MessageKind, MessageState
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme, RetentionRule, RetentionWarning
from privacy.retention.warnings import warning_audited, warning_words
from privacy.retention.warnings.models import RetentionWarning as Row
from privacy.spoken import day as spoken_day
from privacy.subjects import service as subjects
from privacy.subjects.service import Standing as PersonStanding

_TABLE = "retention_warning"
_WAYS: Mapping[ContactKind, MessageKind] = {
    ContactKind.EMAIL: MessageKind.EMAIL,
    ContactKind.PHONE: MessageKind.SMS,
    ContactKind.POSTAL_ADDRESS: MessageKind.POST,
}
_TEMPLATES = {MessageKind.SMS: "retention_warning_sms"}
#: How many days a message may take to be sent: after that it is worth nothing, and was an attempt that failed.
_TO_SEND = {MessageKind.EMAIL: 3, MessageKind.SMS: 3, MessageKind.POST: 21}
#: How long the post has a letter.
_TO_ARRIVE = {MessageKind.POST: 7}
#: Data that are over by so many days after the announced one went by this warning; later ones want a new one.
COUNTS = timedelta(days=60)
#: How often somebody looks how a message came out, and whether a delivered one came back after all.
_LOOK, _LOOK_AGAIN = 600 * clock.SECOND, clock.DAY
#: Where the programme has lost the rule meanwhile, or what it says of warnings.
USUAL = RetentionWarning(days=30, attempts=2)


class WarningState(StrEnum):
    """Where a warning stands."""

    WAITING = "waiting"  # a message is out, or about to be
    DELIVERED = "delivered"
    FOR_A_PERSON = "for_a_person"  # it could not be delivered by two ways
    LET_GO = "let_go"  # a person decided that the data may go without one
    KEPT = "kept"  # the person objected, or a person decided that the data stay


class Reach(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed of a warning."""

    #: What a row said of somebody whom our own records do not know.
    contacts: tuple[Place, ...] = ()
    #: Where the message went that is out, or arrived.
    used: Place | None = None


def number_of(warning_id: UUID) -> str:
    """By what people name a warning."""
    return f"W-{warning_id.hex[-10:].upper()}"


def sealed(key: OwnerKey, warning_id: UUID, reach: Reach) -> bytes:
    """What `reach_enc` holds."""
    return key.seal(_TABLE, "reach_enc", warning_id, msgspec.json.encode(reach))


def reach_of(row: Row) -> Reach:
    """What `reach_enc` holds, opened."""
    key = load_owner_key(session(), keyring.installed(), row.id, row.key_version)
    return msgspec.json.decode(key.open(_TABLE, "reach_enc", row.id, row.reach_enc), type=Reach)


def came_back(row: Row) -> bool:
    """Whether the mail of a delivered warning came back after all."""
    used = reach_of(row).used
    if row.delivered_at is None or used is None or used.kind is not ContactKind.EMAIL:
        return False
    name = subjects.contact_name(programmes.current(), Realm(row.realm), used.kind, used.value)
    return consent.bounced_since(name, Realm(row.realm), row.delivered_at)


def attend(row: Row, *, actor: Actor) -> None:
    """Bring a locked warning on: take note of how its message came out, and try again where it did not arrive."""
    if row.state == WarningState.DELIVERED.value:
        if came_back(row):
            _failed(row, "came_back", actor)
        row.next_at = max(row.next_at, clock.micros() + _LOOK_AGAIN)
    elif row.message_id is None:
        send(row, actor=actor)
    else:
        _look(row, row.message_id, actor)


def send(row: Row, *, actor: Actor) -> None:
    """Write the next message of a locked warning, or leave it to a person where there is no way left."""
    programme = programmes.current()
    rule = programme.retention_rules.get(row.rule)
    wanted = (rule.warning if rule is not None else None) or USUAL
    place = _next_place(row, wanted.attempts) if rule is not None else None
    if rule is None or place is None:
        _to_a_person(row, "no_way_left" if rule is not None else "no_rule", actor)
        return
    way = _WAYS[place.kind]
    if row.way != way.value:
        row.tried_before, row.tried, row.way = row.tried, 0, way.value
    today = days.day_of(clock.micros(), programme.zone)
    # Whenever it arrives, so many days are left: it may take its time, and says a day that holds all the same.
    slack = _TO_SEND[way] + _TO_ARRIVE.get(way, 0)
    goes_on = today + timedelta(days=slack + wanted.days)
    row.goes_on, row.counts_until = days.numbered(goes_on), days.numbered(goes_on + COUNTS)
    row.tried += 1
    row.message_id = _enqueue(row, place, rule, programme)
    row.state, row.next_at, row.version = WarningState.WAITING.value, clock.micros() + _LOOK, row.version + 1
    if row.message_id is None:
        _to_a_person(row, "not_in_this_realm", actor)
        return
    warning_audited.record("retention_warning.sent", row, actor=actor)


def _next_place(row: Row, attempts: int) -> Place | None:
    """Where the next attempt goes: by the way that is tried while it has attempts left, then by one other."""
    if _is_dead(row):
        return None
    by_way: dict[str, list[Place]] = {}
    for place in _places(row):
        by_way.setdefault(_WAYS[place.kind].value, []).append(place)
    now = by_way.pop(row.way, []) if row.way is not None else []
    if now and row.tried < attempts:
        return now[row.tried % len(now)]
    if row.tried_before:
        return None
    return next((places[0] for places in by_way.values()), None)


def _places(row: Row) -> Sequence[Place]:
    realm = Realm(row.realm)
    if row.subject_id is not None:
        with contextlib.suppress(NotFound):
            members = subjects.natural_person(row.subject_id)
            return consent.reach_of(members, realm=realm, at=clock.micros())
    programme = programmes.current()

    def bounced(place: Place) -> bool:
        name = subjects.contact_name(programme, realm, place.kind, place.value)
        return place.kind is ContactKind.EMAIL and consent.bounced_since(name, realm, 0)

    return [place for place in reach_of(row).contacts if not bounced(place)]


def _is_dead(row: Row) -> bool:
    """What is written to the estate is for a person to write."""
    if row.subject_id is None:
        return False
    with contextlib.suppress(NotFound):
        return PersonStanding.DECEASED in subjects.view(row.subject_id, realm=row.realm).standing
    return False


def _enqueue(row: Row, place: Place, rule: RetentionRule, programme: Programme) -> UUID | None:
    way, now, known = _WAYS[place.kind], clock.micros(), reach_of(row)
    key = load_owner_key(session(), keyring.installed(), row.id)
    row.key_version = key.version
    row.reach_enc = sealed(key, row.id, msgspec.structs.replace(known, used=place))
    assert row.goes_on is not None
    template, goes_on = _TEMPLATES.get(way, "retention_warning"), days.named(row.goes_on)
    message = warning_words.message(template, row.locale, rule, programme, number=number_of(row.id), goes_on=goes_on)
    cause, until = uuid5(row.id, f"{way.value}/{row.tried}"), now + _TO_SEND[way] * clock.DAY
    realm = Realm(row.realm)
    if way is MessageKind.POST:
        who = warning_words.controller_of(rule, programme)
        dated = spoken_day(days.day_of(now, programme.zone), row.locale)
        head = Letterhead((who.name, who.address), number_of(row.id), dated)
        return outbox.enqueue_post(
            message,
            key=key,
            to=place.lines,
            head=head,
            cause=cause,
            not_after=until,
            realm=realm,
            subject_id=row.subject_id,
        )
    return outbox.enqueue(
        message,
        key=key,
        to=place.value,
        cause=cause,
        not_after=until,
        realm=realm,
        subject_id=row.subject_id,
        kind=way,
    )


def _look(row: Row, message_id: UUID, actor: Actor) -> None:
    try:
        message = outbox.view(message_id)
    except outbox.MessageNotFound:
        _failed(row, "message_gone", actor)
        return
    if message.state is MessageState.SENT and message.sent_at is not None:
        assert row.way is not None
        arrived = message.sent_at + _TO_ARRIVE.get(MessageKind(row.way), 0) * clock.DAY
        row.delivered_at, row.state = arrived, WarningState.DELIVERED.value
        row.next_at, row.version = max(arrived, clock.micros()) + _LOOK_AGAIN, row.version + 1
        warning_audited.record("retention_warning.delivered", row, actor=actor)
    elif message.state.failed:
        _failed(row, message.failure or message.state.value, actor)
    else:
        row.next_at = clock.micros() + _LOOK


def _failed(row: Row, why: str, actor: Actor) -> None:
    row.message_id = row.delivered_at = None
    row.state, row.version = WarningState.WAITING.value, row.version + 1
    warning_audited.record("retention_warning.failed", row, actor=actor, details={"why": why})
    send(row, actor=actor)


def _to_a_person(row: Row, why: str, actor: Actor) -> None:
    row.state, row.message_id, row.version = WarningState.FOR_A_PERSON.value, None, row.version + 1
    row.goes_on = row.counts_until = None
    warning_audited.record("retention_warning.left_to_a_person", row, actor=actor, details={"why": why})
