"""What a person is told with their data: Art. 15(1)(a) to (h) and (2), from the programme and what was found. Pure.

Recipients are named one by one where the programme names them (CJEU C-154/21), and with those who were told of earlier
corrections, erasures and restrictions (Art. 19); a category stands only where no more is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from privacy import clock, spoken
from privacy.dsar.execution.results import FoundFile
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.package.blocks import ITEM, Block, Counts, Head, Line
from privacy.dsar.package.tables import HeldTable, LeftOut
from privacy.dsar.package.words import Words
from privacy.dsar.vocabulary import CaseType, Ground
from privacy.programme.service import EEA
from privacy.programme.types import (
    AutomatedDecision,
    Controller,
    ProcessingActivity,
    Processor,
    Programme,
    Purpose,
    Recipient,
    RecipientKind,
)

#: Own tables that say where an identifier or contact came from.
_SOURCES = ("contacts", "identifiers")


@dataclass(frozen=True)
class Account:
    """All that the answer is made of."""

    case_type: CaseType
    number: str
    #: Microseconds.
    received_at: int
    made_at: int
    #: The code of the controller who was asked.
    controller: str
    programme: Programme
    words: Words
    tables: Sequence[HeldTable] = field(repr=False)
    #: What came as files instead of rows.
    files: Sequence[FoundFile] = field(default=(), repr=False)
    #: How many of them a person left out to protect others (Art. 15(4)).
    files_left_out: int = 0
    #: Codes of recipients and systems that were told of earlier changes.
    told: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The head of the whole."""
        return self.words.phrase(f"title_{self._kind}")

    @property
    def _kind(self) -> str:
        return "portability" if self.case_type is CaseType.PORTABILITY else "access"

    def facts(self) -> Iterator[Block]:
        """Which request this answers, and when."""
        phrase = self.words.phrase
        yield Line(phrase(f"intro_{self._kind}"))
        yield Line(self.number, f"{phrase('request')}:")
        yield Line(self._day(self.received_at), f"{phrase('received')}:")
        yield Line(self._day(self.made_at), f"{phrase('made')}:")

    def blocks(self) -> Iterator[Block]:
        """The answer, but for its title and facts."""
        if self.case_type is CaseType.PORTABILITY:
            yield from self._controllers()
        else:
            yield from self._as_the_law_asks()
        yield from self._found()
        yield from self._withheld()

    def _as_the_law_asks(self) -> Iterator[Block]:
        yield from self._controllers()
        yield from self._purposes()
        yield from self._categories()
        yield from self._recipients()
        yield from self._transfers()
        yield from self._rights()
        yield from self._sources()
        yield from self._automated()

    # What is concerned: of the whole programme, the part that was found to serve this person.

    def purposes(self) -> list[Purpose]:
        """The purposes that the person's data serve: of the systems, and of what they agreed to or refused."""
        codes = dict.fromkeys(code for one in self.tables if _is_held(one) for code in one.purposes)
        own = (row.get("purpose") for one in self.tables if one.system == OWN_SYSTEM for row in one.rows)
        codes |= dict.fromkeys(code for code in own if isinstance(code, str))
        return [self.programme.purposes[code] for code in codes if code in self.programme.purposes]

    def _activities(self) -> list[ProcessingActivity]:
        wanted = {purpose.code for purpose in self.purposes()}
        return [one for one in self._every_activity() if wanted & set(one.purposes)]

    def _every_activity(self) -> Iterable[ProcessingActivity]:
        return self.programme.processing_activities.values()

    def _parties(self) -> tuple[list[Recipient], list[Processor]]:
        programme, activities = self.programme, self._activities()
        recipients = dict.fromkeys(code for purpose in self.purposes() for code in purpose.recipients)
        recipients |= dict.fromkeys(code for one in activities for code in one.recipients)
        processors = dict.fromkeys(code for one in activities for code in one.processors)
        systems = (programme.systems.get(one.system) for one in self.tables if _is_held(one))
        processors |= dict.fromkeys(system.processor for system in systems if system and system.processor)
        return (
            [programme.recipients[code] for code in recipients if code in programme.recipients],
            [programme.processors[code] for code in processors if code in programme.processors],
        )

    # The parts, in the order of Art. 15(1).

    def _controllers(self) -> Iterator[Block]:
        phrase, programme = self.words.phrase, self.programme
        codes = dict.fromkeys([self.controller, *(code for one in self.purposes() for code in one.controllers)])
        known = [programme.controllers[code] for code in codes if code in programme.controllers]
        yield Head(phrase("controllers" if len(known) > 1 else "controller"))
        for one in known:
            yield Line(_reached(one.address, one.email, one.phone, one.url), f"{one.name}:")
        for joint in programme.joint_arrangements.values():
            if set(joint.controllers) & set(codes):
                names = ", ".join(programme.controllers[code].name for code in joint.controllers)
                yield Line(f"{spoken.ended(names)} {self.words.of(joint.essence)}", f"{phrase('joint')}:")
        dpo = programme.dpo
        if dpo and set(dpo.controllers) & set(codes):
            yield Line(_reached(dpo.name, dpo.email, dpo.phone, dpo.address), f"{phrase('dpo')}:")

    def _purposes(self) -> Iterator[Block]:
        phrase = self.words.phrase
        yield Head(phrase("purposes"))
        purposes = self.purposes()
        for purpose in purposes:
            yield Line(" ".join(self._purpose(purpose)), spoken.ended(self.words.of(purpose.names)))
        if not purposes:
            yield Line(phrase("no_purposes"))
        if any(one.system == OWN_SYSTEM for one in self.tables):
            yield Line(phrase("own_purpose_text"), spoken.ended(phrase("own_purpose")))

    def _purpose(self, purpose: Purpose) -> Iterator[str]:
        activities = [one for one in self._activities() if purpose.code in one.purposes]
        if text := self.words.of(purpose.descriptions):
            yield text
        yield self._told("basis", self.words.bases[purpose.legal_basis])
        if interests := [one.legitimate_interest for one in activities if one.legitimate_interest]:
            yield self._told("interest", "; ".join(dict.fromkeys(map(self.words.of, interests))))
        if statutes := [one.statute for one in activities if one.statute]:
            yield self._told("statute", "; ".join(dict.fromkeys(statutes)))
        if purpose.data_categories:
            yield self._told("data", self._names(purpose.data_categories))
        yield self._told("kept", self.retention(purpose.retention_rule))

    def retention(self, code: str) -> str:
        """How long data are kept by a rule, from when, and by which statute."""
        rule = self.programme.retention_rules[code]
        told = self.words.of(rule.starts)
        if rule.period:
            told = self.words.phrase("kept_for", period=self.words.period(rule.period), starts=told)
        return f"{told} ({rule.statute})"

    def _categories(self) -> Iterator[Block]:
        found: dict[str, None] = {}
        for one in self.tables:
            if one.rows:
                found |= dict.fromkeys(code for about in one.described().values() for code in about.categories)
        found |= dict.fromkeys(code for purpose in self.purposes() for code in purpose.data_categories)
        if found:
            yield Head(self.words.phrase("categories"))
            yield Line(spoken.ended(self._names(found)))

    def _recipients(self) -> Iterator[Block]:
        phrase = self.words.phrase
        recipients, processors = self._parties()
        named = [self.words.of(one.names) for one in recipients if one.kind is RecipientKind.NAMED]
        categories = [self.words.of(one.names) for one in recipients if one.kind is RecipientKind.CATEGORY]
        groups = {
            "by_name": named,
            "by_category": categories,
            "processors": [one.name for one in processors],
            "told": [self._party_name(code) for code in self.told],
        }
        yield Head(phrase("recipients"))
        for name, members in groups.items():
            if members:
                yield Line(spoken.ended("; ".join(members)), f"{phrase(name)}:")
        if not named and not categories:
            yield Line(phrase("no_recipients"))

    def _transfers(self) -> Iterator[Block]:
        phrase = self.words.phrase
        recipients, processors = self._parties()
        parties: list[tuple[str, Recipient | Processor]] = [(self.words.of(one.names), one) for one in recipients]
        parties += [(one.name, one) for one in processors]
        outside = [(f"{name}:", one) for name, one in parties if one.country not in EEA]
        yield Head(phrase("transfers"))
        for name, one in outside:
            safeguard = self.words.of(one.safeguard or {}) or phrase("adequate")
            yield Line(phrase("transfer", country=one.country, safeguard=safeguard), name)
        if not outside:
            yield Line(phrase("no_transfers"))

    def _rights(self) -> Iterator[Block]:
        phrase, authority = self.words.phrase, self.programme.jurisdiction.authority
        yield Head(phrase("rights"))
        yield Line(phrase("rights_intro"))
        for right in self.words.rights:
            yield Line(right, ITEM)
        yield Line(phrase("rights_how", email=self._office()))
        yield Head(phrase("complaint"))
        yield Line(
            phrase("complaint_text", name=authority.name, address=authority.address, url=authority.url),
        )

    def _sources(self) -> Iterator[Block]:
        phrase = self.words.phrase
        yield Head(phrase("sources"))
        for one in self.tables:
            if one.system == OWN_SYSTEM and one.table in _SOURCES:
                for row in one.rows:
                    yield self._source(row)
        yield Line(phrase("source_fields"))

    def _source(self, row: Mapping[str, Any]) -> Line:
        source, term = self._source_name(row.get("source")), f"{row.get('value', '')}:"
        if not (since := row.get("held_from")):
            return Line(self.words.phrase("source", source=source), term)
        held_from = self._day(clock.to_micros(datetime.fromisoformat(since)))
        return Line(self.words.phrase("source_line", source=source, since=held_from), term)

    def _source_name(self, code: object) -> str:
        if not code:
            return self.words.phrase("source_unknown")
        known = self.programme.systems.get(str(code))
        return self.words.of(known.names) if known else str(code)

    def _automated(self) -> Iterator[Block]:
        yield Head(self.words.phrase("automated"))
        # What serves no purpose of the programme cannot be told apart by what was found: it is told to everybody.
        concerned = [*self._activities(), *(one for one in self._every_activity() if not one.purposes)]
        taken = [(one, decision) for one in concerned if (decision := one.automated_decision)]
        for activity, decision in taken:
            yield Line(" ".join(self._decision(decision)), spoken.ended(self.words.of(activity.names)))
        yield Line(self.words.phrase("automated_rights" if taken else "no_automated"))

    def _decision(self, decision: AutomatedDecision) -> Iterator[str]:
        parts = {"logic": decision.logic, "significance": decision.significance, "consequences": decision.consequences}
        for name, texts in parts.items():
            yield self._told(name, self.words.of(texts))

    def _found(self) -> Iterator[Block]:
        phrase = self.words.phrase
        yield Head(phrase("found"))
        rows = tuple((self.name_of(one), str(len(one.rows))) for one in self.tables)
        if self.files:
            yield Line(phrase("files_found", count=len(self.files)))
        if rows:
            yield Counts((phrase("table"), phrase("rows")), rows)
        if not rows and not self.files:
            yield Line(phrase("nothing_found"))

    def _withheld(self) -> Iterator[Block]:
        phrase = self.words.phrase
        yield Head(phrase("withheld"))
        nothing = True
        for one in self.tables:
            name = self.name_of(one)
            if one.ground is not None:
                nothing = False
                yield Line(self._reason(one.ground), f"{phrase('withheld_rows', table=name, count=one.withheld)}:")
            for ground, count in counted(one.rows).items():
                nothing = False
                yield Line(self._reason(ground), f"{phrase('withheld_values', table=name, count=count)}:")
        if self.files_left_out:
            nothing = False
            left_out = phrase("withheld_files", count=self.files_left_out)
            yield Line(self._reason(Ground.RIGHTS_OF_OTHERS), f"{left_out}:")
        if nothing:
            yield Line(phrase("nothing_withheld"))

    # Names.

    def name_of(self, one: HeldTable) -> str:
        """A table with its system, as people call them; a system that was asked as a whole is one table."""
        system = self.system_name(one)
        return f"{system}: {self.table_name(one)}" if one.data_set or one.system == OWN_SYSTEM else system

    def system_name(self, one: HeldTable) -> str:
        """A system as people call it."""
        if one.system == OWN_SYSTEM:
            return self.words.phrase("own_system")
        known = self.programme.systems.get(one.system)
        return self.words.of(known.names) if known else one.system

    def table_name(self, one: HeldTable) -> str:
        """What a table holds, as far as somebody wrote it down, and the name of its file."""
        if one.system == OWN_SYSTEM:
            return self.words.own_tables.get(one.table, one.table)
        told = self.words.told(one.mapped) if one.mapped else None
        return f"{told} ({one.table})" if told else one.table

    def _party_name(self, code: str) -> str:
        programme = self.programme
        if code in programme.recipients:
            return self.words.of(programme.recipients[code].names)
        if code in programme.processors:
            return programme.processors[code].name
        return self.words.of(programme.systems[code].names) if code in programme.systems else code

    def _names(self, codes: Iterable[str]) -> str:
        known, words = self.programme.data_categories, self.words
        names = (words.of(known[code].names) if code in known else words.category(code) for code in codes)
        return ", ".join(dict.fromkeys(names))

    def _office(self) -> str:
        controller: Controller = self.programme.controllers[self.controller]
        dpo = self.programme.dpo
        return dpo.email if dpo and self.controller in dpo.controllers else controller.email

    def _told(self, name: str, text: str) -> str:
        return spoken.ended(f"{self.words.phrase(name)}: {text}")

    def _reason(self, ground: Ground | None) -> str:
        return spoken.ended(self.words.left_out(ground))

    def _day(self, at: int) -> str:
        return self.words.day(clock.from_micros(at).astimezone(self.programme.zone).date())


def counted(rows: Sequence[Any]) -> dict[Ground | None, int]:
    """How many values were left out of the rows, by ground."""
    found: dict[Ground | None, int] = {}
    waiting: list[Any] = list(rows)
    while waiting:
        one = waiting.pop()
        if isinstance(one, LeftOut):
            found[one.ground] = found.get(one.ground, 0) + 1
        elif isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return dict(sorted(found.items(), key=lambda item: str(item[0])))


def _is_held(one: HeldTable) -> bool:
    return bool(one.rows) or one.withheld > 0


def _reached(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
