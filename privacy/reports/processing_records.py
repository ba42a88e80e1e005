"""The record of processing activities, of the controller and of the processor (Art. 30(1), 30(2)), among the reports.

The programme's room says what stands in it, in the columns of the authority's template; nothing is written twice. What
the law asks for elsewhere about the same activity stands behind: special categories, joint controllers, decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from privacy.authz.permissions import Permission
from privacy.programme import service as programmes
from privacy.programme.service import RecordTable
from privacy.programme.types import ProcessingActivity
from privacy.reports import parties
from privacy.reports.document import Column, Document, Layout, NewPage, TableOf, Value
from privacy.reports.processing_records_texts import ABOUT, TEXTS, TITLES
from privacy.reports.report import Context, Report, ReportForm

#: What an entry is headed by on paper.
_HEADS = ("name", "categories")
_TRANSFERS = "transfers"


def make(context: Context) -> Document | bytes:
    """Both records of the programme in force; as a workbook the one that can be read back."""
    programme, locale = context.programme, context.asked.locale
    if context.asked.form is ReportForm.XLSX:
        return programmes.activities_workbook(programme, locale)
    record = programmes.processing_record(programme, locale)
    beside = [tuple(_beside(one, context)) for one in programme.processing_activities.values()]
    columns = context.words.columns("special", "arrangement", "automated")
    return Document(
        (
            _table("controller_record", record.controller, context, "no_activities", columns, beside),
            NewPage(),
            _table("processor_record", record.processor, context, "no_processing"),
        )
    )


def _table(
    name: str,
    table: RecordTable,
    context: Context,
    nothing: str,
    more: Sequence[Column] = (),
    beside: Sequence[tuple[Value, ...]] = (),
) -> TableOf:
    codes = [column.value for column in table.columns]
    # What heads an entry comes first, the rest in the order of the template.
    order = sorted(range(len(codes)), key=lambda place: codes[place] not in _HEADS)
    columns = [Column(codes[place], table.headings[place]) for place in order]
    rows = [
        (*(_value(codes[place], row[place], context) for place in order), *(beside[number] if beside else ()))
        for number, row in enumerate(table.rows)
    ]
    return TableOf(name, [*columns, *more], rows, table.title, context.words.say(nothing), Layout.ENTRIES)


def _value(column: str, cell: tuple[str, ...], context: Context) -> Value:
    if column == _TRANSFERS and not cell:
        return context.words.say("no_transfers")  # That there are none is asked for too (Art. 30(1)(e), 30(2)(c)).
    return cell[0] if len(cell) == 1 else cell or None


def _beside(one: ProcessingActivity, context: Context) -> Iterator[Value]:
    """Data of Art. 9 and 10, what joint controllers agreed (Art. 26), how machines decide (Art. 22)."""
    programme, words = context.programme, context.words
    found = [programme.data_categories[code] for code in one.data_categories]
    yield tuple(words.named(data.code, data.names) for data in found if data.special) or None
    yield (
        tuple(
            f"{', '.join(parties.controllers(programme, joint.controllers))}: {parties.in_words(joint.essence, words)}"
            for joint in programme.joint_arrangements.values()
            if set(joint.controllers) <= set(one.controllers)
        )
        or None
    )
    decided = one.automated_decision
    yield parties.in_words(decided.logic, words) if decided else None


REPORT = Report(
    name="processing_records",
    permission=Permission.PROGRAMME_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    periodic=False,
)
