"""Do again what came after a backup, row by row: standings, merges, claims, contacts that ended.

Only ever what was done before, in the order in which it was; whoever does it twice changes nothing. Of somebody who is
not in the backup there is nothing to do again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, Realm
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import Driver, session
from privacy.programme.types import Programme
from privacy.subjects import linking, store
from privacy.subjects.audited import merge_content, subject_content
from privacy.subjects.enlist import replace_places
from privacy.subjects.models import DataSubject, IdentityClaim, SubjectContact, SubjectMerge, SubjectStanding
from privacy.subjects.types import Standing
from privacy.verbatim import values_of

REPLAYED = "recovery.replayed"
_AGE = "age:"


def readable(subject_ids: Collection[UUID]) -> set[UUID]:
    """Those of the subjects who are there with a key."""
    query = sa.select(DataSubject.id).where(
        DataSubject.id.in_(subject_ids), sa.exists().where(OwnerKeyRow.owner_id == DataSubject.id)
    )
    return set(session().scalars(query))


def realm_of(subject_id: UUID) -> Realm:
    """Live or test; the subject must be there."""
    return Realm(session().get_one(DataSubject, subject_id).realm)


def is_held_by(contact_id: UUID, subject_id: UUID) -> bool:
    """Whether that contact is there, as this subject holds or held it."""
    query = sa.select(SubjectContact.id).where(SubjectContact.id == contact_id, SubjectContact.subject_id == subject_id)
    return session().scalar(query) is not None


def replay_standing(row: Mapping[str, Any], *, actor: Actor) -> bool:
    """What stands against contacting somebody, or an age class, set or ended; says whether it was new here."""
    values = values_of(SubjectStanding, row)
    if not readable([values["subject_id"]]):
        return False
    known = session().get(SubjectStanding, values["id"])
    if known is None:
        session().add(SubjectStanding(**values))
    elif known.until is None and values["until"] is not None:
        known.until = values["until"]
    else:
        return False
    session().flush()
    _stand(values["subject_id"])
    linking.lock_person(Driver.of(session()), values["subject_id"])
    subject = session().get_one(DataSubject, values["subject_id"], populate_existing=True)
    _event(actor, "subject", subject.id, subject_content(subject), subject_id=subject.id)
    return True


def _stand(subject_id: UUID) -> None:
    """What holds now follows from the rows that have no end."""
    query = sa.select(SubjectStanding.standing).where(
        SubjectStanding.subject_id == subject_id, SubjectStanding.until.is_(None)
    )
    bits, age_class = Standing(0), None
    for name in session().scalars(query.order_by(SubjectStanding.since, SubjectStanding.id)):
        if name.startswith(_AGE):
            age_class = name.removeprefix(_AGE)
        else:
            bits |= Standing[name.upper()]
    session().execute(
        sa.update(DataSubject).where(DataSubject.id == subject_id).values(standing=int(bits), age_class=age_class)
    )


def replay_merge(row: Mapping[str, Any], *, actor: Actor, programme: Programme) -> frozenset[UUID]:
    """A merge, made or ended; returns whose acts are to be folded anew, nobody where it was known."""
    values = values_of(SubjectMerge, row)
    known = session().get(SubjectMerge, values["id"])
    if known is None:
        known = SubjectMerge(**values)
    elif known.unmerged_at is None and values["unmerged_at"] is not None:
        known.unmerged_at = values["unmerged_at"]
    else:
        return frozenset()
    concerned = _linked(known, programme)
    if concerned:
        _event(actor, "merge", known.id, merge_content(known), subject_id=known.a_subject_id)
    return concerned


def replay_claim(row: Mapping[str, Any], *, actor: Actor, programme: Programme) -> frozenset[UUID]:
    """That two identifiers were named as one person's, or that this was found wrong; returns as `replay_merge`."""
    values = values_of(IdentityClaim, row)
    a, b = values["a_subject_id"], values["b_subject_id"]
    query = sa.select(IdentityClaim).where(IdentityClaim.a_subject_id == a, IdentityClaim.b_subject_id == b)
    known = session().scalar(query)
    if known is None:
        known = IdentityClaim(**values)
    elif known.retired_at is None and values["retired_at"] is not None:
        known.retired_at = values["retired_at"]
    else:
        return frozenset()
    concerned = _linked(known, programme)
    if concerned:
        content = {"a": str(a), "b": str(b), "source": known.source, "retired_at": known.retired_at}
        _event(actor, "identity", a, content, subject_id=a)
    return concerned


def _linked(link: SubjectMerge | IdentityClaim, programme: Programme) -> frozenset[UUID]:
    """Store a link between two who are both there, and place everybody anew; nobody where one is not."""
    if len(readable({link.a_subject_id, link.b_subject_id})) < 2:
        return frozenset()
    driver = Driver.of(session())
    enlisted = linking.lock_two(driver, link.a_subject_id, link.b_subject_id)
    session().add(link)
    session().flush()
    replace_places(programme, enlisted)
    linking.bump(driver, enlisted)
    return frozenset(enlisted.family)


def replay_contact_end(row: Mapping[str, Any], *, actor: Actor) -> bool:
    """That a contact was retired, or is somebody else's; says whether that was new here."""
    values = values_of(SubjectContact, row)
    known = session().get(SubjectContact, values["id"])
    if known is None or known.held_until is not None or values["held_until"] is None:
        return False
    if not readable([known.subject_id]):
        return False
    driver = Driver.of(session())
    enlisted = linking.lock_two(driver, known.subject_id, known.subject_id)
    held = next(contact for contact in enlisted.contacts if contact.id == known.id)
    driver.run(store.INSERT_CONTACT_PAST, store.past_values(held, clock.micros()))
    known.held_until, known.ended = values["held_until"], values["ended"]
    if known.ended == "reassigned":
        known.alone = False
    session().flush()
    linking.bump(driver, enlisted)
    content = {"id": str(known.id), "held_until": known.held_until, "ended": known.ended}
    _event(actor, "contact", known.id, content, subject_id=known.subject_id)
    return True


def _event(actor: Actor, object_type: str, object_id: UUID, content: Mapping[str, Any], *, subject_id: UUID) -> None:
    audit.record(
        REPLAYED, actor=actor, object_type=object_type, object_id=object_id, content=content, subject_id=subject_id
    )
