"""Record what an export says about some circles of people, and see what that changes, in the open unit of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from privacy.consent.checking_many import check_many
from privacy.consent.decision import Decision
from privacy.consent.importing.pending import Key, Pending, Unit, together
from privacy.consent.importing.translation import Event, Translator
from privacy.consent.models import Suppression
from privacy.consent.recording import MOST_AT_ONCE, record_many
from privacy.consent.suppression import record_event
from privacy.db import session
from privacy.subjects import service as subjects

Decisions = dict[Key, Decision]


@dataclass
class Portion:
    """What of a circle is recorded in one unit of work: all of it, or a part of one that is large."""

    pending: Pending
    units: Sequence[Unit]
    #: Whether it is the first and the last part: the decisions before and after are looked up in these.
    first: bool = True
    last: bool = True

    @property
    def weight(self) -> int:
        """What it costs, in things that rows say."""
        return max(len(self.units), 1)


@dataclass
class Done:
    """What became of a portion."""

    pending: Pending
    #: Whether all of its circle is done.
    last: bool
    counts: Counter[str]
    before: Decisions = field(default_factory=dict)
    after: Decisions = field(default_factory=dict)


class Recorder:
    """Records portions and tells what came of them."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._actor = translator.actor
        self._programme = translator.programme
        #: The decisions before the first part of a large circle, until its last is done.
        self._before: dict[int, Decisions] = {}

    def before(self, portions: Sequence[Portion]) -> list[Decisions]:
        """The decisions that the portions may change, before anything of their circles is recorded."""
        return self._decisions([portion.pending if portion.first else None for portion in portions])

    def record(self, portions: Sequence[Portion]) -> list[Done]:
        """Record portions in the open unit of work, each counted apart; the counts are named as in the report."""
        counts = self._acts(portions)
        for portion, found in zip(portions, counts, strict=True):
            found["suppressed"] += self._suppressed(portion)
        return [Done(p.pending, p.last, found) for p, found in zip(portions, counts, strict=True)]

    def compare(self, portions: Sequence[Portion], done: Sequence[Done], before: Sequence[Decisions]) -> None:
        """See what was changed for the circles of which everything is recorded, and count it."""
        after = self._decisions([portion.pending if portion.last else None for portion in portions])
        for portion, one, was, now in zip(portions, done, before, after, strict=True):
            self._compare(portion, one, was, now)

    def _decisions(self, circles: Sequence[Pending | None]) -> list[Decisions]:
        """The decision for each key of each circle."""
        asked = [{} if circle is None else circle.asked(self._programme) for circle in circles]
        questions = [question for each in asked for question in each.values()]
        answers = iter(check_many(questions, actor=self._actor, programme=self._programme))
        return [{key: next(answers) for key in each} for each in asked]

    def _compare(self, portion: Portion, done: Done, before: Decisions, after: Decisions) -> None:
        circle = id(portion.pending)
        if portion.first and not portion.last:
            self._before[circle] = before
        if not portion.last:
            return
        done.before = before if portion.first else self._before.pop(circle, {})
        done.after = after
        for key, now in after.items():
            was = done.before[key].allowed
            done.counts["permissions_gained"] += now.allowed and not was
            done.counts["permissions_lost"] += was and not now.allowed

    # One portion.

    def _acts(self, portions: Sequence[Portion]) -> list[Counter[str]]:
        """Record the acts of all portions in one go, counted for each."""
        acts = [together(portion.units, self._translator, portion.pending) for portion in portions]
        every = [act for each in acts for act in each]
        # More than fit one call are of a large circle in a dry run, which is one unit of work whatever its size.
        recorded = iter(
            one
            for start in range(0, len(every), MOST_AT_ONCE)
            for one in record_many(every[start : start + MOST_AT_ONCE], actor=self._actor, programme=self._programme)
        )
        return [
            Counter("acts_known" if r.known else "acts_recorded" for _ in each for r in next(recorded).records)
            for each in acts
        ]

    def _suppressed(self, portion: Portion) -> int:
        """Suppress contacts, and return how many were not."""
        events = [event for unit in portion.units for event in unit.events]
        return len({event.contact.known_as for event in events if not self._suppress(event)})

    def _suppress(self, event: Event) -> bool:
        """Suppress a contact; returns whether it had been suppressed by the same row before.

        Without a date, or with one in the future, the entry dates from its receipt, and a repeat keeps the first.
        """
        if event.claim is None and self._is_listed(event):
            return True
        return record_event(
            event.contact,
            event.event,
            actor=self._actor,
            programme=self._programme,
            source=event.source,
            claim=event.claim,
        ).known

    def _is_listed(self, event: Event) -> bool:
        query = sa.select(Suppression.id).where(
            Suppression.contact_index == subjects.suppression_index(self._actor.realm, event.contact),
            Suppression.cause == event.event.value,
            Suppression.source == event.source,
        )
        return session().scalar(query.limit(1)) is not None
