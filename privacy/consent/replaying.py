"""Do again what came after a backup and may make an answer stricter: acts, suppressions, and who is one person.

An act comes back as the very row that it was. Where nobody it is about is in the backup it binds on its contacts: an
entry on the suppression list forbids there what it forbade. Whoever does it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor
from privacy.consent import own_acts, rows
from privacy.consent.acts import ANY, NOES, ActKind
from privacy.consent.annulment import refold
from privacy.consent.asked import CheckIn
from privacy.consent.audited import suppression_content
from privacy.consent.checking import check
from privacy.consent.decision import Decision
from privacy.consent.loading import bears_on
from privacy.consent.models import ConsentAct, Suppression
from privacy.consent.suppression import Scope
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import Driver, new_id, session
from privacy.programme.types import Programme, Purpose, PurposeClass
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming
from privacy.verbatim import values_of

#: The cause of an entry that stands for an act whose person is not in the backup.
REPLAYED_ACT = "replayed_act"
_SOURCE = "restore"

#: Kind and suppression index of a contact.
Covered = tuple[str, bytes]


class Outcome(StrEnum):
    """What became of an act."""

    KNOWN = "known"  # it was here
    RECORDED = "recorded"  # on its person
    BOUND = "bound"  # on its contacts
    NOBODY = "nobody"  # neither its person nor a contact of it is here


def replay_act(
    row: Mapping[str, Any],
    *,
    also: Sequence[tuple[UUID, str]],
    contacts: Sequence[Covered],
    actor: Actor,
    programme: Programme,
) -> Outcome:
    """Record an act again, in the open unit of work. `also`: into whose fold it enters; `contacts`: what it covers."""
    values = values_of(ConsentAct, row)
    if _is_known(values):
        return Outcome.KNOWN
    named = [values["subject_id"], *(subject_id for subject_id, _ in also)]
    present = subjects.readable(named)
    if not present:
        return _bind(values, contacts, actor, programme)
    owner = next(subject_id for subject_id in named if subject_id in present)
    if owner != values["subject_id"]:
        # Further evidence was sealed for somebody who is not here.
        values |= {"subject_id": owner, "evidence_enc": None}
    if values["contact_id"] is not None and not subjects.is_held_by(values["contact_id"], owner):
        values["contact_id"] = None  # A "no" covers all that it may mean.
    _insert(values, [(one, via) for one, via in also if one in present and one != owner], actor)
    if values["act"] == ActKind.ANNUL:
        _renew(values["refers_to"], programme)
    return Outcome.RECORDED


def _is_known(values: Mapping[str, Any]) -> bool:
    query = sa.select(ConsentAct.id).where(
        sa.or_(ConsentAct.id == values["id"], ConsentAct.repeat_index == values["repeat_index"])
    )
    return session().scalar(query) is not None


def _insert(values: Mapping[str, Any], also: Sequence[tuple[UUID, str]], actor: Actor) -> None:
    driver, owner = Driver.of(session()), values["subject_id"]
    session().flush()
    driver.run(rows.INSERT_ACT, values)
    driver.run_all(
        (rows.INSERT_ALSO, {"subject_id": one, "act_id": values["id"], "via": via}) for one, via in dict(also).items()
    )
    _, event = audit.prepare(
        subjects.REPLAYED,
        actor=actor,
        object_type="consent_act",
        object_id=values["id"],
        content=rows.content_of(values),
        subject_id=owner,
        key=load_owner_key(session(), keyring.installed(), owner),
    )
    driver.run_all(event)
    for subject_id in sorted({owner, *dict(also)}):
        refold(driver, subject_id)


def _renew(annulled: UUID | None, programme: Programme) -> None:
    """An annulled act of the person's own outweighs no suppression any more."""
    contact_id = session().scalar(sa.select(ConsentAct.contact_id).where(ConsentAct.id == annulled))
    if contact_id is not None:
        own_acts.renew(programme, {contact_id})


def _bind(values: Mapping[str, Any], contacts: Sequence[Covered], actor: Actor, programme: Programme) -> Outcome:
    if values["act"] not in NOES or not contacts:
        return Outcome.NOBODY
    scope = _forbidden(values, programme)
    outcome = Outcome.KNOWN
    for kind, index in contacts:
        entry = {column.key: None for column in Suppression.__table__.columns} | {
            "id": new_id(),
            "contact_index": index,
            "kind": kind,
            "scope": scope.value,
            "cause": REPLAYED_ACT,
            "suppressed_at": values["latest"],
            "source": _SOURCE,
            "recorded_at": clock.micros(),
        }
        if _add_entry(entry, actor):
            outcome = Outcome.BOUND
    return outcome


def _forbidden(values: Mapping[str, Any], programme: Programme) -> Scope:
    """Marketing; everything, where the act objects to something that is no marketing."""
    purpose = None if values["purpose"] == ANY else programme.purposes.get(values["purpose"])
    wide = purpose is not None and purpose.purpose_class is not PurposeClass.MARKETING
    return Scope.EVERYTHING if wide and values["act"] == ActKind.OBJECT else Scope.MARKETING


def replay_suppression(row: Mapping[str, Any], *, actor: Actor) -> bool:
    """An entry of the suppression list, made or lifted, in the open unit of work; says whether that was new here."""
    values = values_of(Suppression, row)
    known = session().get(Suppression, values["id"])
    if known is None:
        return _add_entry(values, actor)
    if known.lifted_at is not None or values["lifted_at"] is None:
        return False
    known.lifted_at, known.lifted_by, known.lift_reason = (
        values[name] for name in ("lifted_at", "lifted_by", "lift_reason")
    )
    session().flush()
    _entry_event(known, actor)
    return True


def _add_entry(values: Mapping[str, Any], actor: Actor) -> bool:
    alike = ("contact_index", "scope", "cause", "suppressed_at")
    query = sa.select(Suppression.id).where(*(getattr(Suppression, name) == values[name] for name in alike))
    if session().scalar(query) is not None:
        return False
    entry = Suppression(**values)
    session().add(entry)
    session().flush()
    _entry_event(entry, actor)
    return True


def _entry_event(entry: Suppression, actor: Actor) -> None:
    audit.record(
        subjects.REPLAYED,
        actor=actor,
        object_type="suppression",
        object_id=entry.id,
        content=suppression_content(entry),
    )


def replay_merge(row: Mapping[str, Any], *, actor: Actor, programme: Programme) -> bool:
    """A merge, made or ended, in the open unit of work; says whether that was new here."""
    return _refolded(subjects.replay_merge(row, actor=actor, programme=programme))


def replay_claim(row: Mapping[str, Any], *, actor: Actor, programme: Programme) -> bool:
    """That two identifiers are one person's, or that this was wrong, in the open unit of work; as `replay_merge`."""
    return _refolded(subjects.replay_claim(row, actor=actor, programme=programme))


def _refolded(concerned: frozenset[UUID]) -> bool:
    driver = Driver.of(session())
    for subject_id in sorted(concerned):
        refold(driver, subject_id)
    return bool(concerned)


def still_allows(row: Mapping[str, Any], *, programme: Programme) -> bool:
    """Whether a check of what an act said "no" to is allowed, and not by a consent that is surely newer than it."""
    values = values_of(ConsentAct, row)
    known = session().get(ConsentAct, values["id"])
    if known is None or known.act not in NOES:
        return False
    naming = Naming(subjects.realm_of(known.subject_id), ref=known.subject_id)
    actor = replace(OPERATOR, realm=naming.realm)
    asked = [CheckIn(naming, purpose, channel) for purpose, channel in _said_no_to(known, programme)]
    for one in asked:
        decision = check(one, actor=actor, programme=programme, driver=Driver.of(session())).decision
        each = [(None, decision)] if known.contact_id is None else [(h.id, d) for h, d in decision.contacts]
        for contact_id, answer in each:
            if answer.allowed and contact_id == known.contact_id and not _is_newer(answer, known, one.purpose):
                return True
    return False


def _said_no_to(act: ConsentAct, programme: Programme) -> Iterator[tuple[Purpose, str | None]]:
    for purpose in programme.purposes.values():
        channels: list[str | None] = [*sorted(purpose.channels)] or [None]
        for channel in channels:
            if bears_on((act.purpose, act.channel), purpose, channel):
                yield purpose, channel


def _is_newer(answer: Decision, no: ConsentAct, purpose: Purpose) -> bool:
    """Whether a yes stands in spite of a "no": a later consent, or a legal basis that no "no" touches."""
    if answer.give is not None:
        return answer.give.earliest > no.latest
    return purpose.purpose_class is not PurposeClass.MARKETING


def is_replayed(row: Mapping[str, Any], *, also: Sequence[tuple[UUID, str]], contacts: Sequence[Covered]) -> bool:
    """Whether an act stands here: by itself, on its contacts, or because nobody it is about is here."""
    values = values_of(ConsentAct, row)
    if _is_known(values):
        return True
    if subjects.readable([values["subject_id"], *(subject_id for subject_id, _ in also)]):
        return False
    if values["act"] not in NOES:
        return True
    found = session().scalars(
        sa.select(Suppression.contact_index).where(
            Suppression.contact_index.in_([index for _, index in contacts]),
            Suppression.cause == REPLAYED_ACT,
            Suppression.suppressed_at == values["latest"],
        )
    )
    return {bytes(index) for index in found} == {index for _, index in contacts}
