"""What this service itself holds of a person, as tables of a system called `privacy`: for access and portability."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import EventFilter
from privacy.authz.actors import Realm
from privacy.consent import service as consent
from privacy.db import session
from privacy.dsar.models import DataSubjectRequest
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

OwnRow = Mapping[str, Any]


def tables(subject_id: UUID, realm: Realm) -> Iterator[tuple[str, tuple[OwnRow, ...]]]:
    """The name and the rows of each table that has any; raises `NotFound` where there is no such person."""
    members = subjects.natural_person(subject_id)
    for name, rows_of in _TABLES.items():
        if found := tuple(rows_of(members, realm)):
            yield name, found


def _contacts(members: Collection[UUID], realm: Realm) -> Iterator[OwnRow]:
    for member in sorted(members):
        for one in subjects.view(member, realm=realm.value).contacts:
            if one.subject_id == member:
                yield {
                    "kind": one.kind,
                    "value": subjects.reveal_contact(one.id),
                    "source": one.source,
                    "held_from": clock.isoformat(one.held_from),
                    "held_until": _time(one.held_until),
                }


def _identifiers(members: Collection[UUID], _realm: Realm) -> Iterator[OwnRow]:
    for one in subjects.own_identifiers(members):
        yield {
            "kind": one.type,
            "value": one.value,
            "source": one.source,
            "held_from": clock.isoformat(one.held_from),
            "held_until": _time(one.retired_at),
        }


def _consents(members: Collection[UUID], _realm: Realm) -> Iterator[OwnRow]:
    for one in consent.acts_of(sorted(members)):
        system, point, method = one.source
        yield {
            "act": one.act.value,
            "purpose": one.purpose,
            "channel": one.channel,
            "claimed_at": _time(one.claimed_at),
            "received_at": clock.isoformat(one.received_at),
            "wording": " ".join(filter(None, one.wording)) if one.wording else None,
            "notice": " ".join(filter(None, one.notice)) if one.notice else None,
            "locale": one.locale,
            "source": " ".join(filter(None, (system, point, method))),
            "proof": one.proof,
            "mandate": one.mandate,
            "no_effect": one.no_effect,
            "annulled": one.annulled,
        }


def _standings(members: Collection[UUID], _realm: Realm) -> Iterator[OwnRow]:
    for rows in subjects.standings_of(members).values():
        for row in rows:
            yield {
                "standing": row["standing"],
                "since": clock.isoformat(row["since"]),
                "until": _time(row["until"]),
            }


def _preferences(members: Collection[UUID], _realm: Realm) -> Iterator[OwnRow]:
    programme = programmes.current()
    found = subjects.contact_preferences(min(members), programme=programme)
    if found.set_at is not None:
        yield {
            "channel": found.channel,
            "topics": ", ".join(found.topics) or None,
            "frequency": found.frequency,
            "set_at": clock.isoformat(found.set_at),
        }


def _requests(members: Collection[UUID], _realm: Realm) -> Iterator[OwnRow]:
    mine = sa.select(DataSubjectRequest).where(DataSubjectRequest.subject_id.in_(members))
    for row in session().scalars(mine.order_by(DataSubjectRequest.id)):
        yield {
            "number": row.number,
            "case_type": row.case_type,
            "intake": row.intake,
            "received_at": clock.isoformat(row.received_at),
            "state": row.state,
            "outcome": row.outcome,
            "ended_at": _time(row.ended_at),
        }


def _events(members: Collection[UUID], _realm: Realm) -> Iterator[OwnRow]:
    for portion in audit.scan(EventFilter(subjects=frozenset(members))):
        for row in portion.rows:
            yield {"at": _time(row.occurred_at), "action": row.action, "by": row.actor_kind}


def _time(value: int | None) -> str | None:
    return None if value is None else clock.isoformat(value)


_TABLES: Mapping[str, Callable[[Collection[UUID], Realm], Iterator[OwnRow]]] = {
    "contacts": _contacts,
    "identifiers": _identifiers,
    "consents": _consents,
    "contact_preferences": _preferences,
    "standings": _standings,
    "requests": _requests,
    "events": _events,
}
#: The names of all of them.
NAMES = frozenset(_TABLES)
