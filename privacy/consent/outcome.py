"""What a recorded act leaves the person's consent at, apart from others who share the contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from privacy.consent.act_row import Target
from privacy.consent.acts import ANY, NO_CHANNEL, ActKind
from privacy.consent.decision import Holding, Node, Question, Situation, decide
from privacy.consent.intake import Record
from privacy.consent.legs import REASON_OF_NO
from privacy.consent.loading import means_any
from privacy.consent.policy import Facts
from privacy.consent.reasons import Reason
from privacy.consent.situation import Decision
from privacy.programme.types import Programme
from privacy.subjects.service import AgeClass, Enlisted, Standing, SubjectRow

#: Facts by subject, purpose and channel.
FactsOf = Mapping[tuple[UUID, str, str], Facts]


def judge(
    target: Target, act: ActKind, *, facts: FactsOf, enlisted: Enlisted, programme: Programme, at: int
) -> Decision:
    """The decision on the pair of a row that was just written; for one of several pairs, the name of the "no"."""
    if ANY in (target.purpose, target.channel):
        return Decision(REASON_OF_NO.get(act, Reason.NO_RECORD))
    wanted = programme.purpose(target.purpose)
    relevant: dict[UUID, list[Facts]] = {}
    for (subject_id, purpose, channel), known in facts.items():
        meant = purpose == target.purpose or (purpose == ANY and means_any(wanted))
        if meant and channel in {target.channel, ANY}:
            relevant.setdefault(subject_id, []).append(known)
    family = enlisted.family
    holdings = [
        Holding(c.id, c.subject_id, c.index, c.held_from, c.held_until, c.ended == "reassigned", c.own_act_at)
        for c in enlisted.contacts
        if c.subject_id in family and c.kind == _kind(programme, target.channel)
    ]
    question = Question(
        wanted,
        None if target.channel == NO_CHANNEL else target.channel,
        at,
        accounts=frozenset({target.subject.id}),
        contact=target.contact.index if target.contact else None,
        account_named=True,
    )
    nodes = {subject.id: _node(subject) for subject in family.values()}
    return decide(question, programme, Situation(nodes, relevant, holdings))


def record_of(target: Target, act: ActKind, values: Mapping[str, Any], decision: Decision) -> Record:
    """The answer to one row: a consent without effect says why."""
    some = decision.allowed or any(answer.allowed for _, answer in decision.contacts)
    says_yes = act in {ActKind.GIVE, ActKind.CONFIRM}
    effective = values["no_effect"] is None and (not says_yes or some or decision.reason is Reason.REQUESTED)
    why = values["no_effect"] or (None if effective else decision.reason.value)
    return Record(values["id"], target.purpose, target.channel, target.contact, decision, effective, why, known=False)


def _kind(programme: Programme, channel: str) -> str | None:
    kind = programme.channels[channel].contact_kind if channel in programme.channels else None
    return kind.value if kind else None


def _node(subject: SubjectRow) -> Node:
    return Node(
        subject.id,
        subject.person_id,
        subject.cluster_id,
        subject.group_id,
        Standing(subject.standing),
        AgeClass(subject.age_class) if subject.age_class else None,
    )
