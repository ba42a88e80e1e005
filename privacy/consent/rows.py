"""Statements and row conversions of consent, run below the ORM on the hot paths."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.consent.acts import Act, ActKind, NoEffect
from privacy.consent.models import Confirmation, ConsentAct, ConsentActAlso, ConsentFact, NetworkEvidence
from privacy.db import Among, Driver, Id, Statement, as_uuid

INSERT_ACT = Statement(sa.insert(ConsentAct))
INSERT_ALSO = Statement(sa.insert(ConsentActAlso))
INSERT_NETWORK = Statement(sa.insert(NetworkEvidence))
INSERT_CONFIRMATION = Statement(sa.insert(Confirmation))
SAVE_FACTS = Statement(
    sa.text(
        "INSERT INTO consent_fact (subject_id, purpose, channel, facts)"
        " VALUES (:subject_id, :purpose, :channel, :facts)"
        " ON CONFLICT (subject_id, purpose, channel) DO UPDATE SET facts = excluded.facts"
    )
)
_REPEATED = Among(
    lambda indexes: sa.select(ConsentAct.repeat_index, ConsentAct.id, ConsentAct.no_effect).where(
        ConsentAct.repeat_index.in_(indexes)
    ),
    sa.LargeBinary,
)
_FACTS = Among(
    lambda subjects: sa.select(
        ConsentFact.subject_id, ConsentFact.purpose, ConsentFact.channel, ConsentFact.facts
    ).where(ConsentFact.subject_id.in_(subjects)),
    Id,
)

#: The columns that `act_of` reads, in its order.
ACT_COLUMNS = (
    ConsentAct.id,
    ConsentAct.subject_id,
    ConsentAct.act,
    ConsentAct.purpose,
    ConsentAct.channel,
    ConsentAct.contact_id,
    ConsentAct.earliest,
    ConsentAct.latest,
    ConsentAct.received_at,
    ConsentAct.wording_code,
    ConsentAct.wording_version,
    ConsentAct.proof,
    ConsentAct.setting,
    ConsentAct.explicit,
    ConsentAct.age_class,
    ConsentAct.by_subject_id,
    ConsentAct.refers_to,
    ConsentAct.no_effect,
)
#: Their names, as values of an act have them.
ACT_NAMES = tuple(column.key for column in ACT_COLUMNS)
_SUBJECT = sa.bindparam("subject_id", type_=Id)
_UNTIL = sa.bindparam("until", type_=sa.BigInteger)
_RECEIVED = sa.select(*ACT_COLUMNS).where(ConsentAct.received_at <= _UNTIL)

#: Every act that enters a subject's fold: recorded on it, or on others and on it too.
_ACTS_OF_SUBJECT = Statement(
    sa.union_all(
        _RECEIVED.where(ConsentAct.subject_id == _SUBJECT),
        _RECEIVED.join(ConsentActAlso, ConsentActAlso.act_id == ConsentAct.id).where(
            ConsentActAlso.subject_id == _SUBJECT
        ),
    )
)
_ALSO_OF_SUBJECT = Statement(
    sa.select(ConsentActAlso.act_id, ConsentActAlso.subject_id, ConsentActAlso.via).where(
        ConsentActAlso.act_id.in_(
            sa.union_all(
                sa.select(ConsentAct.id).where(ConsentAct.subject_id == _SUBJECT),
                sa.select(ConsentActAlso.act_id).where(ConsentActAlso.subject_id == _SUBJECT),
            )
        )
    )
)

#: A subject's acts by purpose and channel, as the fold takes them.
ActsByPair = dict[tuple[str, str], list[Act]]


#: Later than any receipt. The present is never asked for by the clock: one that was set back would hide acts.
_EVER = 2**63 - 1


#: Facts as they are stored, by pair.
Packed = dict[tuple[str, str], bytes]
#: An act that was recorded before: its id, and why it has no effect.
First = tuple[UUID, str | None]


def facts_and_repeats(
    driver: Driver, subjects: Collection[UUID], indexes: Collection[bytes]
) -> tuple[dict[UUID, Packed], dict[bytes, First]]:
    """The facts of these subjects and the acts recorded under these indexes, in one round trip."""
    questions = [among.asked(values) for among, values in ((_FACTS, subjects), (_REPEATED, indexes)) if values]
    found = driver.rows_of(questions) if questions else []
    facts: dict[UUID, Packed] = {}
    for subject_id, purpose, channel, packed in found[0] if subjects else ():
        facts.setdefault(as_uuid(subject_id), {})[purpose, channel] = bytes(packed)
    repeated = {bytes(index): (as_uuid(act_id), why) for index, act_id, why in found[-1]} if indexes else {}
    return facts, repeated


#: What `stored_acts` read of one subject: rows of acts, and of who else they concern.
StoredActs = tuple[Sequence[tuple[Any, ...]], Sequence[tuple[Any, ...]]]


def stored_acts(driver: Driver, subjects: Sequence[UUID], until: int = _EVER) -> dict[UUID, StoredActs]:
    """Every act that enters the fold of each of these, in one round trip; `pairs_of` makes sense of them."""
    values = [{"subject_id": subject_id, "until": until} for subject_id in subjects]
    questions = [(query, one) for one in values for query in (_ACTS_OF_SUBJECT, _ALSO_OF_SUBJECT)]
    found = driver.rows_of(questions) if questions else []
    return dict(zip(subjects, zip(found[::2], found[1::2], strict=True), strict=True))


def load_acts(driver: Driver, subject_id: UUID, *, merged: frozenset[UUID], until: int = _EVER) -> ActsByPair:
    """A subject's acts, or those received until then. `merged`: the subjects that are merged with it now."""
    return pairs_of(stored_acts(driver, [subject_id], until)[subject_id], subject_id, merged=merged)


def pairs_of(stored: StoredActs, subject_id: UUID, *, merged: frozenset[UUID]) -> ActsByPair:
    """Acts as the fold of the subject takes them. `merged`: the subjects that are merged with it now.

    Of an act that entered through a merge a "no" stays for good; anything else counts only while the merge lasts.
    """
    rows, also_rows = stored
    also: dict[UUID, list[tuple[UUID, str]]] = {}
    for act_id, other, via in also_rows:
        also.setdefault(as_uuid(act_id), []).append((as_uuid(other), via))
    pairs: ActsByPair = {}
    for row in rows:
        act, owner = act_of(row, subject_id, also.get(as_uuid(row[0]), []))
        through_merge = any(other == subject_id and via == "merged" for other, via in also.get(act.id, []))
        if through_merge and owner not in merged and act.kind in _ALLOWING:
            continue
        pairs.setdefault((row[3], row[4]), []).append(act)
    return pairs


_ALLOWING = frozenset({ActKind.GIVE, ActKind.REQUEST, ActKind.CONFIRM, ActKind.LIFT_OBJECTION})


def act_of(row: tuple[Any, ...], subject_id: UUID, also: Sequence[tuple[UUID, str]]) -> tuple[Act, UUID]:
    """The act of a row as a subject's fold sees it, and the subject that it was recorded on."""
    owner = as_uuid(row[1])
    linking = {owner} | {other for other, via in also if via == "named"}
    # Named beside a device, which says nothing about who somebody is, the accounts need not agree for the device. What
    # came through a merge tells whose it is: a claim in dispute may keep both in one person when the merge has ended.
    judged = (len(linking) > 1 and (subject_id, "beside") not in also) or (subject_id, "merged") in also
    named = tuple(sorted(linking)) if judged else ()
    act = Act(
        id=as_uuid(row[0]),
        kind=ActKind(row[2]),
        earliest=row[6],
        latest=row[7],
        contact=None if row[5] is None else as_uuid(row[5]),
        wording=None if row[9] is None or row[10] is None else (row[9], row[10]),
        proof=row[11],
        explicit=bool(row[13]),
        setting=row[12],
        age_class=row[14],
        represented=row[15] is not None,
        no_effect=None if row[17] is None else NoEffect(row[17]),
        refers_to=None if row[16] is None else as_uuid(row[16]),
        named=named,
    )
    return act, owner


def content_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON, for the digest that its audit event commits to: ids as text, bytes in hexadecimal."""
    return {name: value if type(value) in _JSON else _json(value) for name, value in values.items()}


_JSON = frozenset({str, int, bool, type(None)})


def _json(value: UUID | bytes) -> str:
    return str(value) if isinstance(value, UUID) else value.hex()


DELETE_FACTS = Statement(
    sa.text("DELETE FROM consent_fact WHERE subject_id = :subject_id AND purpose = :purpose AND channel = :channel")
)
_PAIRS = Statement(sa.text("SELECT purpose, channel FROM consent_fact WHERE subject_id = :subject_id"))


def pairs_with_facts(driver: Driver, subject_id: UUID) -> list[tuple[str, str]]:
    """The pairs of which a subject has cached facts."""
    return [(purpose, channel) for purpose, channel in driver.rows(_PAIRS, {"subject_id": subject_id})]
