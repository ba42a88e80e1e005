"""Delete what is recorded of people who are erased (GDPR Art. 17).

An act names its person first; a "no" that named others too stays with them, written down anew on one of them: what
they were promised does not go with somebody else. Whatever allowed anything goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import rows
from privacy.consent.acts import NOES
from privacy.consent.annulment import refold
from privacy.consent.asking.models import AskedCount
from privacy.consent.asking.storing import asked_about, forget_asked
from privacy.consent.models import (
    Confirmation,
    ConsentAct,
    ConsentActAlso,
    ConsentExpired,
    ConsentFact,
    NetworkEvidence,
)
from privacy.consent.statistics.leaving import note_people_leaving
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import Driver, in_parts, new_id, session
from privacy.subjects import service as subjects


def touched_by(subject_ids: Collection[UUID]) -> set[UUID]:
    """Everybody else into whose fold an act of these entered, or whose act entered theirs."""
    mine = set(subject_ids)
    found: set[UUID] = set()
    for ids in in_parts(sorted(mine)):
        acts = sa.union(
            sa.select(ConsentAct.id).where(ConsentAct.subject_id.in_(ids)),
            sa.select(ConsentActAlso.act_id).where(ConsentActAlso.subject_id.in_(ids)),
        ).subquery()
        also = sa.select(ConsentActAlso.subject_id).join(acts, acts.c[0] == ConsentActAlso.act_id)
        owner = sa.select(ConsentAct.subject_id).join(acts, acts.c[0] == ConsentAct.id)
        found |= set(session().scalars(also)) | set(session().scalars(owner))
    return found - mine


def delete_people(subject_ids: Sequence[UUID], *, touched: Collection[UUID], actor: Actor) -> Mapping[str, int]:
    """Delete the acts of these subjects and all that hangs on them, in the open unit of work; counts by table.

    `touched`: those who share acts with them, locked; their answers are folded anew. For the erasure of a person,
    whose event names it: only what others keep of a shared "no" has an event of its own.
    """
    ids = sorted(subject_ids)
    if touched:
        _hand_over(ids, actor)
    note_people_leaving(ids)
    deleted = {
        "network_evidence": _delete(NetworkEvidence.subject_id, ids),
        "confirmation": _delete(Confirmation.subject_id, ids),
        "consent_act_also": _delete_also(ids),
        "consent_fact": _delete(ConsentFact.subject_id, ids),
        "consent_act": _delete(ConsentAct.subject_id, ids),
        # After the acts: whoever notes an expiry just now holds its act.
        "consent_expired": _delete(ConsentExpired.subject_id, ids),
        **_delete_asked(ids),
    }
    driver = Driver.of(session())
    for other in sorted(touched):
        refold(driver, other)
    return deleted


def _delete(column: sa.orm.attributes.InstrumentedAttribute[UUID], ids: Sequence[UUID]) -> int:
    return _count(sa.delete(column.class_).where(column.in_(part)) for part in in_parts(ids))


def _delete_also(ids: Sequence[UUID]) -> int:
    """Their own rows, and those of others on their acts."""
    own = [sa.select(ConsentAct.id).where(ConsentAct.subject_id.in_(part)) for part in in_parts(ids)]
    return _delete(ConsentActAlso.subject_id, ids) + _count(
        sa.delete(ConsentActAlso).where(ConsentActAlso.act_id.in_(acts)) for acts in own
    )


def _count(statements: Iterable[sa.Delete]) -> int:
    found = [session().execute(one.execution_options(synchronize_session=False)) for one in statements]
    return sum(cast("sa.CursorResult[Any]", result).rowcount for result in found)


def _delete_asked(ids: Sequence[UUID]) -> Mapping[str, int]:
    """Who asked about them: rows of counts, and entries of lists."""
    counts = sum(
        session().scalar(sa.select(sa.func.count()).select_from(AskedCount).where(AskedCount.subject_id.in_(part))) or 0
        for part in in_parts(ids)
    )
    asked = sum(asked_about(ids).values())
    forget_asked(ids)
    return {"asked_count": counts, "asked_list": max(asked - counts, 0)}


def _hand_over(ids: Sequence[UUID], actor: Actor) -> None:
    """Write each "no" that others share down on one of them, before the act goes."""
    gone = set(ids)
    annulment = sa.orm.aliased(ConsentAct)
    for part in in_parts(ids):
        shared = (
            sa.select(ConsentAct)
            .where(ConsentAct.subject_id.in_(part), ConsentAct.act.in_(sorted(NOES)), ConsentAct.no_effect.is_(None))
            .where(sa.exists().where(ConsentActAlso.act_id == ConsentAct.id))
            .where(~sa.exists().where(annulment.refers_to == ConsentAct.id))
            .order_by(ConsentAct.id)
        )
        for act in session().scalars(shared):
            also = session().execute(
                sa.select(ConsentActAlso.subject_id, ConsentActAlso.via)
                .where(ConsentActAlso.act_id == act.id)
                .order_by(ConsentActAlso.subject_id)
            )
            _write_down(act, [(subject, via) for subject, via in also if subject not in gone], actor)


def _write_down(act: ConsentAct, others: Sequence[tuple[UUID, str]], actor: Actor) -> None:
    """The same "no" on those of the others whom it still concerns: who holds its contact, or all where it has none."""
    held = subjects.same_contact(act.contact_id, [subject for subject, _ in others]) if act.contact_id else {}
    heirs = [(subject, via) for subject, via in others if act.contact_id is None or subject in held]
    if not heirs:
        return
    (heir, _), *rest = heirs
    key = load_owner_key(session(), keyring.installed(), heir)
    values = {column.key: getattr(act, column.key) for column in ConsentAct.__table__.columns} | {
        "id": new_id(),
        "subject_id": heir,
        "contact_id": held.get(heir),
        "by_subject_id": None,
        "mandate": None,
        "repeat_index": blind_index.of_repeat(keyring.installed(), b"handed over " + act.id.bytes),
        "recorded_by": actor.id,
        "evidence_enc": None,
        "key_version": key.version,
    }
    work: audit.Work = [(rows.INSERT_ACT, values)]
    work += [(rows.INSERT_ALSO, {"subject_id": s, "act_id": values["id"], "via": "beside"}) for s, _ in rest]
    _, event = audit.prepare(
        "consent.handed_over",
        actor=actor,
        object_type="consent_act",
        object_id=values["id"],
        content=rows.content_of(values),
        subject_id=heir,
        key=key,
    )
    Driver.of(session()).run_all(work + event)
