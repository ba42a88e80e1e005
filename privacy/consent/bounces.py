"""Mail that the other side refused for good: the contact is not written to again until its holder uses it anew."""

from __future__ import annotations

import re
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Realm
from privacy.consent import own_acts
from privacy.consent.models import Suppression
from privacy.consent.suppression import ContactEvent, Scope, record_event
from privacy.db import session
from privacy.outbox.service import MessageKind, Undelivered
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName

#: Answers by which there is no such mailbox (RFC 5321, 3463). Others refuse the text or the sender: 5.7.1, say.
_NO_MAILBOX = re.compile(r"smtp-55[013]( 5\.1\.(1|2|3|6|10)| 5\.2\.1)?")
#: Where such events come from.
SOURCE = "outbox"


def record_refusal(undelivered: Undelivered) -> None:
    """Record a hard bounce of a contact that somebody holds, in the open unit of work; nothing for other failures."""
    refused = undelivered.refused
    if refused is None or undelivered.kind is not MessageKind.EMAIL:
        return
    if not _NO_MAILBOX.fullmatch(undelivered.failure or ""):
        return
    programme = programmes.current()
    # Made-up people are sent nothing.
    contact = subjects.contact_name(programme, Realm.LIVE, ContactKind.EMAIL, refused)
    if subjects.holders_of(contact.index):  # Else it is a recipient's or our own.
        record_event(contact, ContactEvent.HARD_BOUNCE, actor=SERVICE, programme=programme, source=SOURCE)


def bounces(contact_id: UUID, contact: ContactName, realm: Realm) -> bool:
    """Whether mail to a stored contact comes back for good, and its holder has not used it themselves since."""
    query = sa.select(sa.func.max(Suppression.suppressed_at)).where(
        Suppression.contact_index == subjects.suppression_index(realm, contact),
        Suppression.cause == ContactEvent.HARD_BOUNCE.value,
        Suppression.scope == Scope.EVERYTHING.value,
        Suppression.lifted_at.is_(None),
        sa.or_(Suppression.ends_at.is_(None), Suppression.ends_at > clock.micros()),
    )
    bounced = session().scalar(query)
    if bounced is None:
        return False
    used = own_acts.newest(programmes.current(), {contact_id}).get(contact_id)
    return used is None or used <= bounced


def bounced_since(contact: ContactName, realm: Realm, at: int) -> bool:
    """Whether mail to an address came back for good, as a report since then says (microseconds), lifted or not."""
    query = sa.select(Suppression.id).where(
        Suppression.contact_index == subjects.suppression_index(realm, contact),
        Suppression.cause == ContactEvent.HARD_BOUNCE.value,
        Suppression.recorded_at >= at,
    )
    return session().scalar(query.limit(1)) is not None
