"""When a request must be answered (Art. 12(3) and (4)), counted as Regulation 1182/71 counts.

Where the law is open both dates are told and the earlier one is worked to: how "two further months" are counted, and
whether waiting for proof of identity or a clarification suspends the time (EDPB 01/2022, 159 to 164). The law sets no
time for acknowledging receipt, and none is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from privacy.dsar.vocabulary import CaseType
from privacy.legal_time import days
from privacy.legal_time.periods import Period, Unit
from privacy.legal_time.working_days import WorkingDays
from privacy.programme.types import Programme

#: Words of steps that suspend the time and let it run again.
SUSPENDED, RESUMED = "suspended", "resumed"


@dataclass(frozen=True)
class Term:
    """How long there is to answer a case of some type, since a day."""

    valid_from: date
    first: Period
    #: By how much it may be extended; None where it may not.
    further: Period | None
    basis: str
    #: Whether Art. 3(5) of the Regulation applies: two working days at least.
    two_working_days: bool = True


_RIGHTS = (Term(date(2018, 5, 25), Period(1, Unit.MONTHS), Period(2, Unit.MONTHS), "GDPR art. 12(3)"),)
#: Where the letter itself sets no time. KPA art. 57 counts as the Regulation does, without its two working days.
_LETTERS = (Term(date(2018, 5, 25), Period(7, Unit.DAYS), None, "KPA art. 57", two_working_days=False),)
#: By type, the oldest first. No law sets a time for a complaint to the controller itself: that of a request is used.
_TERMS = {
    CaseType.COMPLAINT: (Term(date(2018, 5, 25), Period(1, Unit.MONTHS), None, "as GDPR art. 12(3)"),),
    CaseType.AUTHORITY_LETTER: _LETTERS,
    CaseType.DISCLOSURE: _LETTERS,
}


@dataclass(frozen=True)
class Suspension:
    """A time in which the controller waited for the person, in microseconds; not answered yet is None."""

    asked_at: int
    answered_at: int | None


@dataclass(frozen=True)
class Deadlines:
    """The days of one case, local to the programme's zone. A day ends at its midnight: see `days.end_of`."""

    received_on: date
    #: The end of the first term by the calendar alone.
    nominal_on: date
    #: The same, moved to the next working day. A refusal is told by then whatever was extended (Art. 12(4)).
    first_due_on: date
    #: The last day to tell the person of an extension: before the nominal day. None where there is no extension.
    tell_by_on: date | None
    #: The end of the extended term counted from receipt, and counted from the nominal day.
    extended_a_on: date | None
    extended_b_on: date | None
    #: What is worked to now: the extended day once an extension was told, else the first; never a suspended one.
    due_on: date
    #: The same if the time that is recorded as suspended counts; None where none is.
    suspended_due_on: date | None
    basis: str
    #: By which rules and holidays it was computed, in at most 32 characters.
    version: str

    @property
    def extended_due_on(self) -> date | None:
        """The earlier of the two readings; None where there is no extension."""
        if self.extended_a_on is None or self.extended_b_on is None:
            return None
        return min(self.extended_a_on, self.extended_b_on)


def for_request(
    received_at: int,
    programme: Programme,
    *,
    case_type: CaseType = CaseType.ACCESS,
    set_term: date | Period | None = None,
    extended: bool = False,
    suspensions: Sequence[Suspension] = (),
    now: int | None = None,
) -> Deadlines:
    """The days of a case that was received at an instant, in microseconds.

    `set_term`: what an authority's own letter sets, a day or a period; a day is taken as it stands. `extended`: whether
    an extension was told. `now`, in microseconds: up to when an open suspension has lasted; without it such a one is
    left out.
    """
    received_on = days.day_of(received_at, programme.zone)
    working_days = working_days_of(programme)
    term = _term(case_type, received_on)
    if isinstance(set_term, date):
        return _set_day(set_term, received_on, term, working_days)
    first = set_term or term.first
    nominal_on = first.nominal_end(received_on)
    first_due_on = first.last_day(received_on, working_days, two_working_days=term.two_working_days)
    readings = _readings(received_on, nominal_on, term)
    shifted = [working_days.from_day(reading) for reading in readings]
    extends = extended and bool(readings)
    waited = _waited(suspensions, programme, now)
    ends = min(readings) if extends else nominal_on
    return Deadlines(
        received_on=received_on,
        nominal_on=nominal_on,
        first_due_on=first_due_on,
        tell_by_on=nominal_on - days.ONE if readings else None,
        extended_a_on=shifted[0] if shifted else None,
        extended_b_on=shifted[1] if shifted else None,
        due_on=min(shifted) if extends else first_due_on,
        suspended_due_on=working_days.from_day(ends + waited) if waited else None,
        basis=term.basis,
        version=working_days.version,
    )


def tell_by(case_type: CaseType, nominal_on: date, *, extended: bool) -> date | None:
    """The last day to tell the person of an extension; None where there was one, or the law knows none."""
    if extended or _TERMS.get(case_type, _RIGHTS)[-1].further is None:
        return None
    return nominal_on - days.ONE


def suspensions_of(steps: Iterable[tuple[str, int]]) -> tuple[Suspension, ...]:
    """The suspensions among a request's steps in their order: each the step's word and its instant."""
    found: list[Suspension] = []
    asked_at: int | None = None
    for word, at in steps:
        if word == SUSPENDED and asked_at is None:
            asked_at = at
        elif word == RESUMED and asked_at is not None:
            found.append(Suspension(asked_at, at))
            asked_at = None
    return (*found, *(() if asked_at is None else (Suspension(asked_at, None),)))


def working_days_of(programme: Programme) -> WorkingDays:
    """The working days of the programme's country, with its own days in place of the list's."""
    country = programme.jurisdiction.country
    own = {holiday.on: holiday.is_working for holiday in programme.public_holidays if holiday.country == country}
    return WorkingDays(country, own)


def _term(case_type: CaseType, on: date) -> Term:
    terms = _TERMS.get(case_type, _RIGHTS)
    return next((term for term in reversed(terms) if term.valid_from <= on), terms[0])


def _set_day(set_on: date, received_on: date, term: Term, working_days: WorkingDays) -> Deadlines:
    """An authority's own day is no period: no weekend moves it."""
    return Deadlines(
        received_on=received_on,
        nominal_on=set_on,
        first_due_on=set_on,
        tell_by_on=None,
        extended_a_on=None,
        extended_b_on=None,
        due_on=set_on,
        suspended_due_on=None,
        basis=term.basis,
        version=working_days.version,
    )


def _readings(received_on: date, nominal_on: date, term: Term) -> tuple[date, ...]:
    """The extended term counted from receipt (A), and from the nominal end of the first (B); none where there is none.

    From the shifted end it would be longer than either, so nobody should count it so.
    """
    if term.further is None:
        return ()
    whole = Period(term.first.amount + term.further.amount, term.first.unit)
    return whole.nominal_end(received_on), term.further.nominal_end(nominal_on)


def _waited(suspensions: Sequence[Suspension], programme: Programme, now: int | None) -> timedelta:
    """For how many days the time stood; days of several suspensions count once."""
    stood: set[int] = set()
    for one in suspensions:
        until = now if one.answered_at is None else one.answered_at
        if until is not None:
            asked, answered = days.day_of(one.asked_at, programme.zone), days.day_of(until, programme.zone)
            stood.update(range(asked.toordinal() + 1, answered.toordinal() + 1))
    return timedelta(days=len(stood))
