"""What a notification asks for, and what of it is missing: the EDPB's template and UODO's form as one table. Pure.

Nothing is ever filled in that nobody wrote. A field may be mandatory, wanted only where another field says so, or
optional. What an initial notification may leave for later (Art. 33(4)) is named as missing all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from privacy.breach.documents.account import Account
from privacy.breach.facts import Contact, Count, Facts
from privacy.breach.options import (
    Answer,
    Consequence,
    DataKind,
    Discoverer,
    Impact,
    IncidentKind,
    Means,
    Nature,
    PersonKind,
    Phase,
    Safeguard,
    Told,
    Unintelligible,
    When,
)

#: Before the path of what the register itself knows.
REGISTER = "register"


class Need(StrEnum):
    """Whether a field must be there."""

    MANDATORY = "mandatory"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Asked:
    """One field that a notification asks for."""

    #: `section.field` of the facts.
    path: str
    #: Of the EDPB's template.
    section: str
    #: Of UODO's form.
    item: str
    law: str
    need: Need = Need.MANDATORY
    #: Whether an initial notification needs it already.
    at_once: bool = False
    #: Where it is conditional: whether it is wanted.
    when: Callable[[Facts], bool] = lambda _: True


@dataclass(frozen=True)
class Missing:
    """A field that is asked for and not there, or not final."""

    path: str
    section: str
    item: str
    law: str
    need: Need
    #: Whether this notification needs it; else a later one does.
    now: bool


_NATURE, _EFFECTS, _MEASURES, _CONTACT = (f"GDPR art. 33(3)({letter})" for letter in "acdb")
_HOURS, _PERSONS, _FORM = "GDPR art. 33(1)", "GDPR art. 34", "EDPB template v1.0"
#: What `known` takes for an answer that is still looked for.
_LATER = frozenset({"to_be_determined", "open"})
_IF, _MAY = Need.CONDITIONAL, Need.OPTIONAL


def _has(path: str, *values: Any) -> Callable[[Facts], bool]:
    """Whether the field is, or holds, one of the values."""

    def holds(facts: Facts) -> bool:
        found = value(facts, path)
        return any(one in values for one in (found if isinstance(found, tuple) else (found,)))

    return holds


ASKED: tuple[Asked, ...] = (
    Asked("controller.identifier", "1.1", "2A", _FORM, at_once=True),
    Asked("controller.identifier_kind", "1.1", "2A", _FORM, at_once=True),
    Asked("controller.sector", "1.1", "2A", _FORM),
    Asked("controller.size", "1.1", "2A", _FORM),
    Asked("controller.outside_eea", "6.5", "10", _FORM, _MAY),
    Asked("controller.representative", "1.1", "2B", "GDPR art. 27", _IF, when=_has("controller.outside_eea", True)),
    Asked("controller.attorney", "1.1", "2C", _FORM, _MAY),
    Asked("people.reporter", "2.2", "2D", _CONTACT, at_once=True),
    Asked("people.dpo_designated", "2.2", "2D", _CONTACT, at_once=True),
    Asked("people.dpo", "2.2", "2D", _CONTACT, _IF, at_once=True, when=_has("people.dpo_designated", True)),
    Asked("people.contact_point", "2.2", "2D", _CONTACT, _IF, at_once=True, when=_has("people.dpo_designated", False)),
    Asked("people.others_involved", "2.3", "2E", _FORM),
    Asked("people.parties", "2.3", "2E", _FORM, _IF, when=_has("people.others_involved", True)),
    Asked("timing.when", "3.1", "3B", _NATURE, at_once=True),
    Asked("timing.start", "3.1", "3B", _NATURE, _IF, when=_has("timing.when", When.POINT, When.RANGE, When.ONGOING)),
    Asked("timing.end", "3.1", "3B", _NATURE, _IF, when=_has("timing.when", When.RANGE)),
    Asked("timing.estimated", "3.1", "3B", _NATURE, _IF, when=_has("timing.when", When.POINT, When.RANGE)),
    Asked("timing.place", "3.1", "3B", _NATURE, _MAY),
    Asked("timing.discovered_by", "3.1", "3A", _FORM, at_once=True),
    Asked("timing.discovered_how", "3.1", "3A", _FORM),
    Asked(
        "timing.told_at",
        *("3.1", "3A", "GDPR art. 33(2)", _IF),
        at_once=True,
        when=_has("timing.discovered_by", Discoverer.PROCESSOR),
    ),
    Asked("incident.description", "3.2", "4A", _NATURE, at_once=True),
    Asked("incident.nature", "3.2", "4B", _NATURE, at_once=True),
    Asked("incident.disclosed", "3.2", "4B", _NATURE, _IF, when=_has("incident.nature", Nature.CONFIDENTIALITY)),
    Asked("incident.altered", "3.2", "4B", _NATURE, _IF, when=_has("incident.nature", Nature.INTEGRITY)),
    Asked("incident.unavailable", "3.2", "4B", _NATURE, _IF, when=_has("incident.nature", Nature.AVAILABILITY)),
    Asked("incident.unintelligible", "3.2", "4B", "GDPR art. 34(3)(a)"),
    Asked(
        "incident.unintelligible_why",
        *("3.2", "4B", "GDPR art. 34(3)(a)", _IF),
        when=_has("incident.unintelligible", Unintelligible.YES, Unintelligible.LIKELY_BROKEN),
    ),
    Asked("incident.kinds", "3.2", "4C", _NATURE),
    Asked("incident.other_kind", "3.2", "4C", _NATURE, _IF, when=_has("incident.kinds", IncidentKind.OTHER)),
    Asked("incident.origin", "3.2", "4D", _NATURE),
    Asked("incident.intent", "3.2", "4D", _NATURE),
    Asked(
        "incident.cause",
        *("3.2", "4D", _NATURE, _IF),
        when=lambda facts: known(facts.incident.origin) or known(facts.incident.intent),
    ),
    Asked("incident.systems", "3.2", "4A", _NATURE),
    Asked("incident.locations", "3.2", "4A", _NATURE, _MAY),
    Asked("persons.kinds", "3.3", "6", _NATURE, at_once=True),
    Asked("persons.other_kind", "3.3", "6", _NATURE, _IF, when=_has("persons.kinds", PersonKind.OTHER)),
    Asked("persons.details", "3.3", "6", _NATURE, _MAY),
    Asked("persons.count", "3.3", "6", _NATURE, at_once=True),
    Asked("data.kinds", "3.4", "5", _NATURE, at_once=True),
    Asked("data.other_kind", "3.4", "5", _NATURE, _IF, when=_has("data.kinds", DataKind.OTHER)),
    Asked("data.details", "3.4", "5", _NATURE, _MAY),
    Asked("data.records", "3.4", "4D", _NATURE, at_once=True),
    Asked("before.safeguards", "3.5", "7", _FORM),
    Asked("before.details", "3.5", "7", _FORM, _IF, when=_has("before.safeguards", Safeguard.OTHER)),
    Asked("effects.consequences", "4.1", "8A", _EFFECTS),
    Asked(
        "effects.other_consequence",
        *("4.1", "8A", _EFFECTS, _IF),
        when=_has("effects.consequences", Consequence.OTHER),
    ),
    Asked("effects.impacts", "4.2", "8A", _EFFECTS, at_once=True),
    Asked("effects.other_impact", "4.2", "8A", _EFFECTS, _IF, when=_has("effects.impacts", Impact.OTHER)),
    Asked("effects.severity", "4.2", "8A", _EFFECTS),
    Asked("effects.details", "4.2", "8A", _EFFECTS, at_once=True),
    Asked("response.taken", "4.3", "9B", _MEASURES, at_once=True),
    Asked("response.proposed", "4.3", "9B", _MEASURES),
    Asked("response.prevention", "4.3", "9B", _MEASURES),
    Asked("response.safeguards", "4.3", "9B", _MEASURES, _MAY),
    Asked("response.advice", "4.3", "9B", _MEASURES, _MAY),
    Asked("telling.told", "4.4", "9A", _PERSONS, at_once=True),
    Asked("telling.on", "4.4", "9A", _PERSONS, _IF, when=_has("telling.told", Told.YES, Told.PLANNED)),
    Asked("telling.count", "4.4", "9A", _PERSONS, _IF, when=_has("telling.told", Told.YES)),
    Asked("telling.means", "4.4", "9A", _PERSONS, _IF, when=_has("telling.told", Told.YES, Told.PUBLIC_NOTICE)),
    Asked("telling.other_means", "4.4", "9A", _PERSONS, _IF, when=_has("telling.means", Means.OTHER)),
    Asked("telling.content", "4.4", "9A", _PERSONS, _IF, when=_has("telling.told", Told.YES, Told.PUBLIC_NOTICE)),
    Asked(
        "telling.reasons",
        *("4.4", "9A", "GDPR art. 34(3)", _IF),
        when=_has("telling.told", Told.NO_HIGH_RISK, Told.UNINTELLIGIBLE, Told.RISK_REMOVED, Told.PUBLIC_NOTICE),
    ),
    Asked("others.police", "6.1", "10", _FORM),
    Asked("others.police_on", "6.1", "10", _FORM, _IF, when=_has("others.police", Answer.YES)),
    Asked("others.police_reference", "6.1", "10", _FORM, _MAY),
    Asked("others.authorities", "6.2", "10", _FORM, _MAY),
    Asked("others.cross_border", "6.3", "10", "GDPR art. 4(23)"),
    Asked("others.lead_authority", "6.4", "10", "GDPR art. 56", _IF, when=_has("others.cross_border", Answer.YES)),
    Asked("others.states", "6.4", "10", "GDPR art. 4(23)", _IF, when=_has("others.cross_border", Answer.YES)),
    Asked("others.attachments", "6.6", "10", _FORM, _MAY),
    Asked("others.remarks", "6.6", "10", _FORM, _MAY),
)


def value(facts: Facts, path: str) -> Any:
    """The field at `section.field`."""
    section, field = path.split(".")
    return getattr(getattr(facts, section), field)


def known(found: Any) -> bool:
    """Whether a field is there and final. That something cannot be told is an answer; that it is looked for is none.

    Of somebody who can be asked, the name and a way to them are there (Art. 33(3)(b)).
    """
    if isinstance(found, Contact):
        return found.name is not None and any((found.email, found.phone, found.address))
    if isinstance(found, Count):
        return known(found.known)
    if isinstance(found, tuple):
        return bool(found) and all(map(known, found))
    return found is not None and not (isinstance(found, StrEnum) and found in _LATER)


def missing(facts: Facts, phase: Phase) -> tuple[Missing, ...]:
    """What the facts lack that a notification of this phase, or a later one, needs; in the order of the form."""
    return tuple(
        _missing(asked, phase)
        for asked in ASKED
        if asked.need is not _MAY and asked.when(facts) and not known(value(facts, asked.path))
    )


def missing_of(account: Account, phase: Phase, at: int, *, reasons: str | None = None) -> tuple[Missing, ...]:
    """What a notification of the whole breach lacks, were it sent at that time: of its facts and of the register.

    A withdrawal lacks its `reasons` alone, and the reference of what is withdrawn.
    """
    mine = [_missing(asked, phase) for asked in _unregistered(account, phase, at, reasons)]
    return (*mine, *(() if phase is Phase.WITHDRAWAL else missing(account.facts, phase)))


def is_late(account: Account, at: int) -> bool:
    """Whether the authority was told for the first time, or would be then, after the hours were over (Art. 33(1))."""
    first = min((sent.sent_at for sent in account.standing), default=at)
    return account.due_at is not None and first > account.due_at


def _missing(asked: Asked, phase: Phase) -> Missing:
    now = asked.at_once or phase is Phase.COMPLETE
    return Missing(asked.path, asked.section, asked.item, asked.law, asked.need, now)


def _unregistered(account: Account, phase: Phase, at: int, reasons: str | None) -> Iterator[Asked]:
    if phase is not Phase.INITIAL and account.notified and account.notified[-1].reference is None:
        yield Asked(f"{REGISTER}.reference", "1.1", "1", "GDPR art. 33(4)", _IF)
    if phase is Phase.WITHDRAWAL:
        if reasons is None:
            yield Asked(f"{REGISTER}.withdrawal", "1.1", "1", _FORM, _IF, at_once=True)
        return
    if account.aware_at is None:
        yield Asked(f"{REGISTER}.aware_at", "3.1", "3A", _HOURS, at_once=True)
    elif account.aware_reason is None:
        yield Asked(f"{REGISTER}.aware_reason", "3.1", "3A", _HOURS)
    if is_late(account, at) and account.facts.timing.late_reasons is None:
        yield Asked("timing.late_reasons", "3.1", "3A", _HOURS, _IF, at_once=True)
    if account.risk is None:
        yield Asked(f"{REGISTER}.risk", "4.2", "8B", _PERSONS)
