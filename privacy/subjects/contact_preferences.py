"""How somebody likes to be written to: by which channel, about what, how often.

It stands beside consent and never in its place: no decision reads it, and a wish for e-mail is no consent to e-mail.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKeyRow, load_owner_key, unwrap
from privacy.db import Driver, Id, Statement, as_uuid, session
from privacy.errors import InvalidInput, NotFound
from privacy.programme.types import Programme, Topic
from privacy.subjects import linking
from privacy.subjects.audited import preference_content
from privacy.subjects.models import ContactPreference, DataSubject

_TABLE, _COLUMN = "contact_preference", "wishes_enc"
_me = sa.orm.aliased(DataSubject, name="me")
_KEY = sa.and_(
    OwnerKeyRow.owner_id == ContactPreference.subject_id, OwnerKeyRow.version == ContactPreference.key_version
)
#: Of everybody who is surely one with a subject: whom a disputed claim alone connects may be somebody else.
_OF_PERSON = Statement(
    sa.select(
        ContactPreference.subject_id,
        ContactPreference.wishes_enc,
        ContactPreference.key_version,
        ContactPreference.set_at,
        OwnerKeyRow.wrapped_by,
        OwnerKeyRow.wrapped_enc,
    )
    .join(DataSubject, DataSubject.id == ContactPreference.subject_id)
    .join(_me, _me.person_id == DataSubject.person_id)
    .join(OwnerKeyRow, _KEY)
    .where(
        _me.id == sa.bindparam("subject_id", type_=Id),
        sa.or_(_me.group_id == DataSubject.group_id, _me.merged_id == DataSubject.merged_id),
    )
    .order_by(ContactPreference.set_at.desc(), ContactPreference.subject_id)
)


class Frequency(StrEnum):
    """How often somebody likes to hear from us, at most."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True)
class ContactPreferences:
    """What somebody wishes. Nothing said is None, or empty."""

    #: A channel's code.
    channel: str | None = None
    #: Codes of topics, in the programme's order.
    topics: tuple[str, ...] = ()
    frequency: Frequency | None = None
    #: When it was said, in microseconds; None where nothing was.
    set_at: int | None = None


class _Wishes(msgspec.Struct, omit_defaults=True):
    channel: str | None = None
    topics: tuple[str, ...] = ()
    frequency: str | None = None


def wished_channels(programme: Programme) -> tuple[str, ...]:
    """The channels of which one may be preferred: those by which somebody may have a say, in the programme's order."""
    used = {channel for purpose in programme.marketing_purposes for channel in purpose.channels}
    return tuple(code for code in programme.channels if code in used)


def topics_of(programme: Programme) -> tuple[Topic, ...]:
    """What somebody may wish to hear about."""
    return tuple(programme.topics.values())


def contact_preferences(subject_id: UUID, *, programme: Programme, driver: Driver | None = None) -> ContactPreferences:
    """What a person wishes, or any who is one with them said last.

    A channel or topic that the programme no longer has is left out. Decides nothing: whoever wants to write must ask
    whether they may.
    """
    rows = (driver or Driver.of(session())).rows(_OF_PERSON, {"subject_id": subject_id})
    if not rows:
        return ContactPreferences()
    owner, sealed, version, set_at, wrapped_by, wrapped = rows[0]
    owner_id = as_uuid(owner)
    key = unwrap(keyring.installed(), owner_id, version, wrapped_by, bytes(wrapped))
    said = msgspec.json.decode(key.open(_TABLE, _COLUMN, owner_id, bytes(sealed)), type=_Wishes)
    return ContactPreferences(
        said.channel if said.channel in wished_channels(programme) else None,
        tuple(code for code in programme.topics if code in said.topics),
        Frequency(said.frequency) if said.frequency else None,
        set_at,
    )


def set_contact_preferences(
    subject_id: UUID, wished: ContactPreferences, *, actor: Actor, programme: Programme, source: str
) -> ContactPreferences:
    """Keep what a person wishes, in the open unit of work, in place of what was wished before.

    The same again changes nothing. Raises `InvalidInput` for a channel or topic that may not be chosen, `NotFound` for
    somebody who is not there, or not in the actor's realm.
    """
    subject = session().get(DataSubject, subject_id)
    if subject is None or subject.realm != actor.realm.value:
        raise NotFound("There is no such person.")
    _ensure_known(wished, programme)
    # Two at once: the later one counts, and there is one row.
    linking.lock_person(Driver.of(session()), subject_id)
    topics = tuple(code for code in programme.topics if code in wished.topics)
    before = contact_preferences(subject_id, programme=programme)
    if before.set_at is not None and (before.channel, before.topics, before.frequency) == (
        wished.channel,
        topics,
        wished.frequency,
    ):
        return before
    key = load_owner_key(session(), keyring.installed(), subject_id)
    content = msgspec.json.encode(_Wishes(wished.channel, topics, wished.frequency and wished.frequency.value))
    row = session().get(ContactPreference, subject_id) or ContactPreference(subject_id=subject_id)
    row.wishes_enc, row.key_version = key.seal(_TABLE, _COLUMN, subject_id, content), key.version
    row.source, row.set_at = source, max(clock.micros(), (before.set_at or 0) + 1)
    session().add(row)
    audit.record(
        "contact_preferences.set",
        actor=actor,
        object_type="contact_preference",
        object_id=subject_id,
        content=preference_content(row),
        subject_id=subject_id,
        details={"source": source},
    )
    return ContactPreferences(wished.channel, topics, wished.frequency, row.set_at)


def _ensure_known(wished: ContactPreferences, programme: Programme) -> None:
    channels = wished_channels(programme)
    if wished.channel is not None and wished.channel not in channels:
        raise InvalidInput.of("channel", f"Name one of: {', '.join(channels)}.")
    _ensure_topics(wished.topics, programme)


def _ensure_topics(topics: Collection[str], programme: Programme) -> None:
    if not set(topics) <= programme.topics.keys():
        known = ", ".join(programme.topics) or "none is declared"
        raise InvalidInput.of("topics", f"Name topics of the programme: {known}.")
