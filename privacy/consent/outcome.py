"""What a recorded act leaves the person's consent at, apart from others who share the contact."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from privacy.consent.act_row import Target
from privacy.consent.acts import ANY, NO_CHANNEL, ActKind
from privacy.consent.decision import Holding, Node, Question, Situation, decide
from privacy.consent.legs import REASON_OF_NO
from privacy.consent.loading import means_any
from privacy.consent.policy import Facts
from privacy.consent.reasons import Reason
from privacy.consent.situation import Decision
from privacy.programme.types import Programme
from privacy.subjects.service import AgeClass, Enlisted, Standing, SubjectRow

#: The facts of a subject on a purpose and channel; None where nothing is recorded.
FactsOf = Callable[[UUID, str, str], Facts | None]


def judge(
    target: Target, act: ActKind, *, facts: FactsOf, enlisted: Enlisted, programme: Programme, at: int
) -> Decision:
    """The decision on the pair of a row that was written; for one of several pairs, the name of the "no"."""
    if ANY in (target.purpose, target.channel):
        return Decision(REASON_OF_NO.get(act, Reason.NO_RECORD))
    wanted = programme.purpose(target.purpose)
    purposes = [target.purpose, ANY] if means_any(wanted) else [target.purpose]
    family = enlisted.family
    relevant = {
        subject_id: [
            found
            for purpose in purposes
            for channel in (target.channel, ANY)
            if (found := facts(subject_id, purpose, channel)) is not None
        ]
        for subject_id in family
    }
    holdings = [
        Holding(c.id, c.subject_id, c.index, c.held_from, c.held_until, c.ended == "reassigned", c.own_act_at)
        for c in enlisted.contacts
        if c.kind == _kind(programme, target.channel)
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


def _kind(programme: Programme, channel: str) -> str | None:
    kind = programme.channels[channel].contact_kind if channel in programme.channels else None
    return kind.value if kind else None


def _node(subject: SubjectRow) -> Node:
    return Node(
        subject.id,
        subject.person_id,
        subject.cluster_id,
        subject.group_id,
        subject.merged_id,
        Standing(subject.standing),
        AgeClass(subject.age_class) if subject.age_class else None,
    )
