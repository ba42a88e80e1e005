"""The record of processing activities as two tables of text, from one programme (GDPR Art. 30(1) and 30(2)). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from babel import Locale

from privacy.programme.activities.columns import COLUMNS, HEADINGS, LOCALES, TITLES, Column, Sheet
from privacy.programme.activities.periods import in_words
from privacy.programme.legal_bases import LEGAL_BASES
from privacy.programme.parties import UNTRANSLATED, Controller, ProcessingActivity, Processor, Recipient
from privacy.programme.processing import ProcessingOnBehalf
from privacy.programme.types import Programme

#: What stands in one cell: its values in order, each on a line of its own; none where there is nothing to say.
Cell = tuple[str, ...]


@dataclass(frozen=True)
class RecordTable:
    """One of the two records, with a row for each entry."""

    sheet: Sheet
    title: str
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class ProcessingRecord:
    """The record of a controller (Art. 30(1)) and the one of a processor (Art. 30(2)), as of one programme."""

    locale: str
    #: Number of the programme that it shows, and when that came into force, in microseconds.
    programme: int
    applied_at: int
    controller: RecordTable
    processor: RecordTable

    @property
    def tables(self) -> tuple[RecordTable, RecordTable]:
        """Both, the controller's first."""
        return self.controller, self.processor


def processing_record(programme: Programme, locale: str, *, codes: bool = False) -> ProcessingRecord:
    """The whole record of processing activities in a language (pl, en or hr; else English).

    With `codes` each thing that the programme declares has its code behind its name, `Newsletter [newsletter]`, as
    a workbook has it that is to be read back.
    """
    return Telling(programme, locale, codes=codes).record()


class Telling:
    """Says what stands in each cell, in one language."""

    def __init__(self, programme: Programme, locale: str, *, codes: bool) -> None:
        self._programme = programme
        self._codes = codes
        #: The programme's own texts may be in a language whose headings nobody wrote.
        self._locale = locale
        self._words = locale if locale in LOCALES else "en"
        self._territories: Mapping[str, str] = Locale.parse(self._words).territories

    def record(self) -> ProcessingRecord:
        """Both tables."""
        programme = self._programme
        return ProcessingRecord(
            locale=self._words,
            programme=programme.number,
            applied_at=programme.applied_at,
            controller=self._table(Sheet.CONTROLLER, map(self.activity, programme.processing_activities.values())),
            processor=self._table(Sheet.PROCESSOR, map(self.on_behalf, programme.processing_on_behalf.values())),
        )

    def _table(self, sheet: Sheet, entries: Iterable[Mapping[Column, Cell]]) -> RecordTable:
        columns = COLUMNS[sheet]
        return RecordTable(
            sheet=sheet,
            title=TITLES[self._words][sheet],
            columns=columns,
            headings=tuple(HEADINGS[self._words][column] for column in columns),
            rows=tuple(tuple(entry[column] for column in columns) for entry in entries),
        )

    def activity(self, one: ProcessingActivity) -> Mapping[Column, Cell]:
        """A row of the controller's record."""
        programme = self._programme
        controllers = [programme.controllers[code] for code in one.controllers]
        processors = [programme.processors[code] for code in one.processors]
        recipients = [programme.recipients[code] for code in one.recipients]
        return {
            Column.CODE: (one.code,),
            Column.NAME: self._in(one.names),
            Column.UNIT: _text(one.unit),
            Column.CONTROLLERS: tuple(map(self._controller, controllers)),
            Column.JOINT: tuple(map(self._controller, controllers[1:])),
            Column.REPRESENTATIVE: _represented(controllers),
            Column.DPO: self._officer(one.controllers),
            Column.PURPOSES: self._purposes(one),
            Column.PERSONS: self._in(one.persons),
            Column.DATA: tuple(map(self._category, one.data_categories)),
            Column.BASIS: (LEGAL_BASES[self._words][one.legal_basis],),
            Column.STATUTE: _text(one.statute),
            Column.INTEREST: self._in(one.legitimate_interest),
            Column.SOURCE: self._in(one.source),
            Column.RETENTION: self._retention(one),
            Column.PROCESSORS: tuple(map(self._processor, processors)),
            Column.RECIPIENTS: tuple(self._coded(self._one(r.names), r.code) for r in recipients),
            Column.SYSTEMS: tuple(self._coded(self._one(programme.systems[code].names), code) for code in one.systems),
            Column.TRANSFERS: tuple(self._transfers([*processors, *recipients])),
            Column.SAFEGUARDS: tuple(self._safeguards([*processors, *recipients])),
            Column.SECURITY: _text(one.security),
            Column.ASSESSMENT: _text(one.impact_assessment),
        }

    def on_behalf(self, one: ProcessingOnBehalf) -> Mapping[Column, Cell]:
        """A row of the processor's record."""
        processor = self._programme.controllers[one.processor]
        others = [self._programme.processors[code] for code in one.processors]
        own = tuple(f"{self._country(t.country)} [{t.country}]: {_line(t.recipient)}" for t in one.transfers)
        return {
            Column.CODE: (one.code,),
            Column.CATEGORIES: self._in(one.categories),
            Column.PROCESSOR: (self._controller(processor),),
            Column.REPRESENTATIVE: _represented([processor]),
            Column.DPO: self._officer([one.processor]),
            Column.CLIENT: (one.on_behalf_of.name,),
            Column.CLIENT_CONTACT: (one.on_behalf_of.contact,),
            Column.CLIENT_REPRESENTATIVE: _text(one.on_behalf_of.representative),
            Column.CLIENT_DPO: _text(one.on_behalf_of.dpo),
            Column.PROCESSORS: tuple(map(self._processor, others)),
            Column.TRANSFERS: (*own, *self._transfers(others)),
            Column.SAFEGUARDS: (*(_line(t.safeguard) for t in one.transfers), *self._safeguards(others)),
            Column.AGREEMENT: _text(one.agreement),
            Column.SECURITY: _text(one.security),
        }

    def _purposes(self, one: ProcessingActivity) -> Cell:
        named = (self._coded(self._one(self._programme.purposes[code].names), code) for code in one.purposes)
        # An activity that nobody is contacted for is often named by what it is for.
        return (*named, *self._in(one.purpose_descriptions)) or self._in(one.names)

    def _in(self, texts: Mapping[str, str] | None) -> Cell:
        return _text(self._one(texts)) if texts else ()

    def _one(self, texts: Mapping[str, str]) -> str:
        """The text in this language, else the one that stands for all, else the programme's first."""
        first = self._programme.jurisdiction.locales[0]
        return texts.get(self._locale) or texts.get(UNTRANSLATED) or texts.get(first) or next(iter(texts.values()))

    def _coded(self, name: str, code: str) -> str:
        return f"{_line(name)} [{code}]" if self._codes else _line(name)

    def _controller(self, one: Controller) -> str:
        return self._coded(_joined(one.name, one.address, one.email, one.phone), one.code)

    def _processor(self, one: Processor) -> str:
        return self._coded(_joined(one.name, one.address, one.email), one.code)

    def _category(self, code: str) -> str:
        return self._coded(self._one(self._programme.data_categories[code].names), code)

    def _officer(self, controllers: Iterable[str]) -> Cell:
        dpo = self._programme.dpo
        if dpo is None or not set(dpo.controllers).intersection(controllers):
            return ()
        return (_joined(dpo.name, dpo.email, dpo.phone, dpo.address),)

    def _retention(self, one: ProcessingActivity) -> Cell:
        special = (
            f"{', '.join(map(self._category, each.data_categories))}: {self._rule(each.retention_rule)}"
            for each in one.category_retention
        )
        return (self._rule(one.retention_rule), *special)

    def _rule(self, code: str) -> str:
        rule = self._programme.retention_rules[code]
        starts = self._one(rule.starts)
        period = f"{in_words(rule.period, self._words)}: {starts}" if rule.period else starts
        return self._coded(f"{period} ({rule.statute})", code)

    def _transfers(self, parties: Iterable[Processor | Recipient]) -> Iterator[str]:
        for one in parties:
            if one.safeguard:
                yield self._coded(f"{self._country(one.country)}: {self._name(one)}", one.code)

    def _safeguards(self, parties: Iterable[Processor | Recipient]) -> Iterator[str]:
        for one in parties:
            if one.safeguard:
                yield self._coded(f"{self._name(one)}: {self._one(one.safeguard)}", one.code)

    def _name(self, one: Processor | Recipient) -> str:
        return one.name if isinstance(one, Processor) else self._one(one.names)

    def _country(self, code: str) -> str:
        return self._territories.get(code, code)


def _represented(controllers: Iterable[Controller]) -> Cell:
    named = (one.representative for one in controllers if one.representative is not None)
    return tuple(_joined(one.name, one.address, one.email, one.phone) for one in named)


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _text(text: str | None) -> Cell:
    return (text,) if text else ()


def _line(text: str) -> str:
    """A text that stays on one line of its cell."""
    return " ".join(text.split())
