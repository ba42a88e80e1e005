"""Take acts out of the fold that should never have been recorded: one, or many by filter, by two people.

An annulled act stays on record with the annulment and its reason; only its effect ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import own_acts, policy, rows
from privacy.consent.acts import ActKind
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import Driver, new_id, session
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

APPROVAL_ACTION = "consents.annul"
#: What the log says of a request beside its approval: what is meant, and what the officer thinks of it.
OBJECT, REQUESTED, ADVISED = "annulment", "annulment.requested", "annulment.advised"
#: As many acts as one annulment may take; more need a narrower filter, so that one transaction stays short.
MOST_AT_ONCE = 10_000


@dataclass(frozen=True)
class Filter:
    """Which acts are meant. Empty fields do not narrow; at least one must be given."""

    act_id: UUID | None = None
    purpose: str | None = None
    channel: str | None = None
    source_system: str | None = None
    source_point: str | None = None
    wording_code: str | None = None
    wording_version: str | None = None
    #: Kinds of acts; by default those that gave or confirmed something.
    acts: tuple[ActKind, ...] = (ActKind.GIVE, ActKind.CONFIRM, ActKind.REQUEST)
    received_from: int | None = None
    received_before: int | None = None

    def payload(self) -> dict[str, Any]:
        """What two people agree on: the approval is bound to its digest."""
        return {
            name: (
                str(value)
                if isinstance(value, UUID)
                else [str(v) for v in value]
                if isinstance(value, tuple)
                else value
            )
            for name, value in vars(self).items()
        }


def matching(wanted: Filter, *, realm: str) -> list[UUID]:
    """Ids of the acts that the filter means and that are not annulled yet; raises `InvalidInput` if it is too wide."""
    narrowed = {name: value for name, value in vars(wanted).items() if name != "acts" and value is not None}
    if not narrowed:
        raise InvalidInput.of("filter", "Narrow it by at least one field.")
    annulled = sa.orm.aliased(ConsentAct)
    query = sa.select(ConsentAct.id).where(
        ~sa.exists().where(annulled.refers_to == ConsentAct.id), ConsentAct.subject_id.in_(subjects.ids_of_realm(realm))
    )
    if wanted.act_id is not None:
        query = query.where(ConsentAct.id == wanted.act_id, ConsentAct.act != ActKind.ANNUL.value)
    else:
        query = query.where(ConsentAct.act.in_([kind.value for kind in wanted.acts]))
    for name in ("purpose", "channel", "source_system", "source_point", "wording_code", "wording_version"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(getattr(ConsentAct, name) == value)
    if wanted.received_from is not None:
        query = query.where(ConsentAct.received_at >= wanted.received_from)
    if wanted.received_before is not None:
        query = query.where(ConsentAct.received_at < wanted.received_before)
    found = list(session().scalars(query.order_by(ConsentAct.subject_id, ConsentAct.id).limit(MOST_AT_ONCE + 1)))
    if len(found) > MOST_AT_ONCE:
        raise InvalidInput.of("filter", "It means too many acts at once; narrow it, by time for instance.")
    return found


def request_annulment(wanted: Filter, *, actor: Actor, reason: str) -> tuple[UUID, int]:
    """The first person asks; returns the approval to be given by a second, and how many acts it means now."""
    found = matching(wanted, realm=actor.realm.value)
    payload = {"filter": wanted.payload(), "reason": reason, "acts": [str(act_id) for act_id in found]}
    approval_id = access.request_approval(APPROVAL_ACTION, payload, actor=actor, reason=reason)
    told = {"filter": wanted.payload(), "reason": reason, "acts": len(found), "realm": actor.realm.value}
    audit.record(REQUESTED, actor=actor, object_type=OBJECT, object_id=approval_id, content=payload, details=told)
    return approval_id, len(found)


def annul(wanted: Filter, approval_id: UUID, *, actor: Actor, reason: str) -> int:
    """The second person approves, and the acts lose their effect; returns how many.

    Bound to the very acts that the first person saw: if others match meanwhile, or the filter was changed, raises the
    approval's errors and nothing happens.
    """
    found = matching(wanted, realm=actor.realm.value)
    payload = {"filter": wanted.payload(), "reason": reason, "acts": [str(act_id) for act_id in found]}
    access.approve(approval_id, APPROVAL_ACTION, payload, actor=actor)
    session().flush()
    _annul(found, approval_id, actor, reason)
    return len(found)


def _annul(act_ids: Sequence[UUID], approval_id: UUID, actor: Actor, reason: str) -> None:
    driver, current = Driver.of(session()), session()
    touched: set[UUID] = set()
    contacts: set[UUID] = set()
    for act_id in act_ids:
        act = current.get_one(ConsentAct, act_id)
        key = load_owner_key(current, keyring.installed(), act.subject_id)
        values = _row_of(act, actor, key.version)
        also = list(current.scalars(sa.select(ConsentActAlso.subject_id).where(ConsentActAlso.act_id == act_id)))
        work: audit.Work = [(rows.INSERT_ACT, values)]
        work += [(rows.INSERT_ALSO, {"subject_id": s, "act_id": values["id"], "via": "beside"}) for s in also]
        _, event = audit.prepare(
            "consent.annulled",
            actor=actor,
            object_type="consent_act",
            object_id=values["id"],
            content=rows.content_of(values),
            subject_id=act.subject_id,
            details={"refers_to": str(act_id), "approval": str(approval_id), "reason": reason},
            key=key,
        )
        driver.run_all(work + event)
        touched |= {act.subject_id, *also}
        contacts |= {act.contact_id} if act.contact_id else set()
    for subject_id in sorted(touched):
        refold(driver, subject_id)
    own_acts.renew(programmes.current(), contacts)


def _row_of(act: ConsentAct, actor: Actor, key_version: int) -> dict[str, Any]:
    now = clock.micros()
    return {column.key: None for column in ConsentAct.__table__.columns} | {
        "id": new_id(),
        "subject_id": act.subject_id,
        "act": ActKind.ANNUL.value,
        "purpose": act.purpose,
        "channel": act.channel,
        "earliest": now,
        "latest": now,
        "received_at": now,
        "source_system": "privacy",
        "source_method": "annulment",
        "proof": "recorded",
        "setting": "online",
        "explicit": False,
        "refers_to": act.id,
        "repeat_index": blind_index.of_repeat(keyring.installed(), b"annul " + act.id.bytes),
        "recorded_by": actor.id,
        "key_version": key_version,
    }


def refold(driver: Driver, subject_id: UUID) -> None:
    """Fold all acts of a subject anew, under lock, and count its person's version up."""
    merged = subjects.lock_person(driver, subject_id)
    pairs = rows.load_acts(driver, subject_id, merged=merged)
    work: audit.Work = [
        (
            rows.SAVE_FACTS,
            {"subject_id": subject_id, "purpose": purpose, "channel": channel, "facts": policy.pack(policy.fold(acts))},
        )
        for (purpose, channel), acts in pairs.items()
    ]
    stale = [pair for pair in rows.pairs_with_facts(driver, subject_id) if pair not in pairs]
    work += [
        (rows.DELETE_FACTS, {"subject_id": subject_id, "purpose": purpose, "channel": channel})
        for purpose, channel in stale
    ]
    driver.run_all(work)
