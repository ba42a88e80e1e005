"""The record of processing activities of the controller (Art. 30(1)) and of the processor (Art. 30(2)), every field."""

from __future__ import annotations

from collections.abc import Iterator

from privacy.authz.permissions import Permission
from privacy.programme.service import LEGAL_BASES
from privacy.programme.types import ProcessingActivity, ProcessingOnBehalf
from privacy.reports import parties
from privacy.reports.document import Document, Layout, NewPage, TableOf, Value, Word
from privacy.reports.processing_records_texts import ABOUT, TEXTS, TITLES
from privacy.reports.report import Context, Report


def make(context: Context) -> Document:
    """Both records of the programme in force."""
    return Document((_controllers_record(context), NewPage(), _processors_record(context)))


def _controllers_record(context: Context) -> TableOf:
    words = context.words
    columns = words.columns(
        *("activity", "code", "unit", "controllers:controllers_head", "joint", "representative", "dpo", "purposes"),
        *("legal_basis", "statute", "interest", "persons", "data", "source", "recipients", "processors", "transfers"),
        *("erasure", "security", "systems", "dpia", "automated"),
    )
    rows = [tuple(_activity(one, context)) for one in context.programme.processing_activities.values()]
    return TableOf(
        "controller_record",
        columns,
        rows,
        words.say("controller_record"),
        words.say("no_activities"),
        Layout.ENTRIES,
    )


def _activity(one: ProcessingActivity, context: Context) -> Iterator[Value]:
    programme, words = context.programme, context.words
    controllers = [programme.controllers[code] for code in one.controllers]
    yield words.named(one.code, one.names)
    yield one.code
    yield one.unit
    yield tuple(map(parties.controller, controllers))
    yield _joint(one, context)
    yield tuple(
        parties.contact(found.representative.name, found.representative.address, found.representative.email)
        for found in controllers
        if found.representative
    )
    yield parties.dpo(programme, one.controllers)
    yield _purposes(one, context)
    yield Word(one.legal_basis.value, LEGAL_BASES[words.locale][one.legal_basis])
    yield one.statute
    yield parties.in_words(one.legitimate_interest, words)
    yield parties.in_words(one.persons, words)
    yield _categories(one.data_categories, context)
    yield parties.in_words(one.source, words)
    yield tuple(words.named(code, programme.recipients[code].names) for code in one.recipients)
    yield tuple(programme.processors[code].name for code in one.processors)
    yield _transfers(one, context) or words.say("no_transfers")
    yield _erasure(one, context)
    yield one.security
    yield tuple(words.named(code, programme.systems[code].names) for code in one.systems)
    yield one.impact_assessment
    decided = one.automated_decision
    yield parties.in_words(decided.logic, words) if decided else None


def _joint(one: ProcessingActivity, context: Context) -> tuple[Value, ...]:
    """What joint controllers of the activity agreed (Art. 26)."""
    programme, words = context.programme, context.words
    return tuple(
        f"{', '.join(parties.controllers(programme, found.controllers))}: {parties.in_words(found.essence, words)}"
        for found in programme.joint_arrangements.values()
        if set(found.controllers) <= set(one.controllers)
    )


def _purposes(one: ProcessingActivity, context: Context) -> tuple[Value, ...]:
    words = context.words
    described = parties.in_words(one.purpose_descriptions, words)
    named = tuple(words.named(code, context.programme.purposes[code].names) for code in one.purposes)
    return (*named, described) if described else named


def _categories(codes: tuple[str, ...], context: Context) -> tuple[Value, ...]:
    """Categories of data; those of Art. 9 and 10 are marked."""
    words = context.words
    mark = words.say("special")
    found = [context.programme.data_categories[code] for code in codes]
    named = [(words.named(one.code, one.names), one.special) for one in found]
    return tuple(Word(one.code, f"{one.text} ({mark})") if special else one for one, special in named)


def _transfers(one: ProcessingActivity, context: Context) -> tuple[Value, ...]:
    programme, words = context.programme, context.words
    recipients = [programme.recipients[code] for code in one.recipients]
    processors = [programme.processors[code] for code in one.processors]
    return (
        *(
            parties.transfer(words.named(to.code, to.names).text, to.country, to.safeguard, words)
            for to in recipients
            if parties.outside(to.country)
        ),
        *(
            parties.transfer(to.name, to.country, to.safeguard, words)
            for to in processors
            if parties.outside(to.country)
        ),
    )


def _erasure(one: ProcessingActivity, context: Context) -> tuple[Value, ...]:
    """The time limits: of the activity, and of the categories that have one of their own."""
    words = context.words
    own = [
        words.say(
            "erasure_of",
            categories=words.shown(_categories(found.data_categories, context)),
            rule=_limit(found.retention_rule, context),
        )
        for found in one.category_retention
    ]
    return (_limit(one.retention_rule, context), *own)


def _limit(code: str, context: Context) -> str:
    rule, words = context.programme.retention_rules[code], context.words
    start = words.named(code, rule.starts).text
    lasts = words.lasting(rule.period)
    told = words.say("from_start", period=lasts, start=start) if lasts else start
    return f"{told} ({rule.statute})"


def _processors_record(context: Context) -> TableOf:
    words = context.words
    columns = words.columns(
        *("service", "code", "processor", "representative", "dpo", "their_representative", "their_dpo", "categories"),
        *("transfers:their_transfers", "security:their_security", "sub_processors", "agreement"),
    )
    rows = [tuple(_on_behalf(one, context)) for one in context.programme.processing_on_behalf.values()]
    return TableOf(
        "processor_record", columns, rows, words.say("processor_record"), words.say("no_processing"), Layout.ENTRIES
    )


def _on_behalf(one: ProcessingOnBehalf, context: Context) -> Iterator[Value]:
    programme, words = context.programme, context.words
    processor, controller = programme.controllers[one.processor], one.on_behalf_of
    yield parties.contact(controller.name, controller.contact)
    yield one.code
    yield parties.controller(processor)
    represented = processor.representative
    yield parties.contact(represented.name, represented.address, represented.email) if represented else None
    yield parties.dpo(programme, [one.processor])
    yield controller.representative
    yield controller.dpo
    yield parties.in_words(one.categories, words)
    yield tuple(
        f"{to.recipient} ({words.country(to.country).text}): {to.safeguard}" for to in one.transfers
    ) or words.say("no_transfers")
    yield one.security
    yield tuple(programme.processors[code].name for code in one.processors)
    yield one.agreement


REPORT = Report(
    name="processing_records",
    permission=Permission.PROGRAMME_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    periodic=False,
)
