"""People of this service itself whose time is up by a rule that covers the system `privacy`.

A rule counts from when somebody was first named here, from when they were last heard of (their own acts), or from when
the last of their consents ended. Nobody goes while another rule, a consent in force, a restriction (Art. 18) or
something that an upper room has begun with them, as a request, needs them. Whatever else somebody has to do with the
controller stands in other systems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent import service as consent
from privacy.erasure import service as erasure
from privacy.legal_time import days
from privacy.programme.types import Programme, RetentionAction, RetentionRule, RetentionTrigger
from privacy.subjects import service as subjects
from privacy.subjects.service import ListedPerson

#: What this service itself is called where a rule says what it covers.
SYSTEM = "privacy"
#: What is counted: a person is erased as a whole.
PLACE = "privacy.data_subject"
#: People that are looked at together.
AT_ONCE = 500
_ERASES = frozenset({RetentionAction.ERASE, RetentionAction.REVIEW})
_TRIGGERS = frozenset({RetentionTrigger.CREATED, RetentionTrigger.LAST_ACTIVITY, RetentionTrigger.CONSENT_ENDED})


@dataclass(frozen=True)
class Looked:
    """Some people in the order of their ids."""

    #: Those who are due, with the last day on which the rule kept them.
    due: Mapping[ListedPerson, date]
    #: The last one who was looked at; None at the end.
    last: UUID | None


class Needed(StrEnum):
    """Why somebody stays whose time is up by one rule."""

    OTHER_RULE = "other_rule"
    IN_USE = "in_use"  # a consent in force, a restriction, an open request


def rules(programme: Programme) -> Iterator[RetentionRule]:
    """The rules by which our own people are erased, or a person decides."""
    for rule in programme.retention_rules.values():
        if rule.trigger in _TRIGGERS and SYSTEM in rule.covers.systems and rule.action in _ERASES:
            yield rule


def look(rule: RetentionRule, programme: Programme, as_of: date, after: UUID | None) -> Looked:
    """The next people, and which of them are due: nothing needs them any more."""
    ends, last = ends_after(rule, programme, after)
    due = {one: end for one, end in ends if end is not None and end < as_of}
    kept = needed(rule, programme, due)
    return Looked({one: end for one, end in due.items() if one.id not in kept}, last)


def ends_after(
    rule: RetentionRule, programme: Programme, after: UUID | None
) -> tuple[Sequence[tuple[ListedPerson, date | None]], UUID | None]:
    """The next people with the last day on which each is kept, None where the rule does not count yet; and the last.

    None in the place of the last one says that there is nobody more.
    """
    people = subjects.people_after(after, realm=Realm.LIVE, limit=AT_ONCE)
    moments = _moments(rule, programme, people)
    ends = [(one, _last_day(rule, programme, moments.get(one.id))) for one in people]
    return ends, people[-1].id if len(people) == AT_ONCE else None


def is_due(rule: RetentionRule, programme: Programme, as_of: date, subject_id: UUID) -> bool:
    """Whether a person, who is locked, is due yet."""
    person = subjects.listed_person(subject_id)
    if person is None:
        return False
    end = _last_day(rule, programme, _moments(rule, programme, [person]).get(person.id))
    return end is not None and end < as_of and not needed(rule, programme, {person: end})


def needed(rule: RetentionRule, programme: Programme, ends: Mapping[ListedPerson, date]) -> Mapping[UUID, Needed]:
    """Those of the people, kept by the rule until these days, who do not go by it then, and why.

    Of several rules about somebody the one that ends last decides, and is the only one that counts them.
    """
    if not ends:
        return {}
    found: dict[UUID, Needed] = {}
    for other in (one for one in rules(programme) if one.code != rule.code):
        moments = _moments(other, programme, list(ends))
        for person, end in ends.items():
            last = _last_day(other, programme, moments.get(person.id))
            if last is not None and _order(other, last) > _order(rule, end):
                found[person.id] = Needed.OTHER_RULE
    used = _in_use([member for person in ends for member in person.members], programme)
    return found | {one.id: Needed.IN_USE for one in ends if not used.isdisjoint(one.members)}


def _order(rule: RetentionRule, last: date) -> tuple[date, bool, str]:
    """The greatest decides: the last to end, and of those the one that does less."""
    return last, rule.action is RetentionAction.REVIEW, rule.code


def _in_use(subject_ids: Sequence[UUID], programme: Programme) -> frozenset[UUID]:
    """The subjects with a consent in force, a restriction, or something open in a room above."""
    ended = consent.consents_ended(subject_ids, programme, clock.micros())
    in_force = {one for one, at in ended.items() if at is None}
    return erasure.needed_above(subject_ids) | subjects.restricted_of(subject_ids) | in_force


def _moments(rule: RetentionRule, programme: Programme, people: Sequence[ListedPerson]) -> Mapping[UUID, int]:
    """Person -> the moment from which the rule counts; without those of whom there is none."""
    if rule.trigger is RetentionTrigger.CREATED:
        return {one.id: one.created_at for one in people}
    members = [one for person in people for one in person.members]
    if rule.trigger is RetentionTrigger.LAST_ACTIVITY:
        acted = consent.last_acts(members)
        return {one.id: max([one.created_at, *(acted[m] for m in one.members if m in acted)]) for one in people}
    ended = consent.consents_ended(members, programme, clock.micros())
    found: dict[UUID, int] = {}
    for one in people:
        ends = [ended[m] for m in one.members if m in ended]
        over = [end for end in ends if end is not None]
        if over and len(over) == len(ends):  # Something was said, and nothing is in force.
            found[one.id] = max(over)
    return found


def _last_day(rule: RetentionRule, programme: Programme, moment: int | None) -> date | None:
    return None if moment is None else rule.last_day(days.day_of(moment, programme.zone))
