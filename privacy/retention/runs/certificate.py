"""The certificate of a disposal run: what went, what stays and why, signed and proven by the log.

It holds no personal data. The member `run` is, to the byte, what the event of the run's end commits to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import Place
from privacy.db import end_read, session
from privacy.erasure.service import Certificate, Form
from privacy.legal_time import days
from privacy.pdf.blocks import Block, Heading, Paragraph, Row, Style, Table
from privacy.pdf.document import Document
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.retention.runs.audited_runs import RUN, run_content
from privacy.retention.runs.failures import NoCertificateYet, RunNotFound
from privacy.retention.runs.models import DisposalRun
from privacy.retention.runs.texts import texts
from privacy.retention.runs.vocabulary import RunState, Way

STATEMENT = "disposal-certificate/v1"
#: Seconds for which the event of the run's end is waited for: it is published within one.
PATIENCE = 5.0
_DONE_WIDTHS = (285.0, 80.0, 80.0, 70.0)
_STAYS_WIDTHS = (235.0, 210.0, 70.0)

__all__ = ["STATEMENT", "Certificate", "Form", "certificate_of"]


@dataclass(frozen=True)
class _Told:
    """What a certificate says, and in which language."""

    row: DisposalRun
    parts: Sequence[Mapping[str, Any]]
    programme: Programme
    locale: str
    texts: Mapping[str, str]

    def phrase(self, name: str, **values: object) -> str:
        return self.texts[name].format(**values)

    def at(self, micros: int | None) -> str:
        if micros is None:
            return "-"
        return f"{clock.from_micros(micros).astimezone(self.programme.zone):%Y-%m-%d %H:%M}"


def certificate_of(
    run_id: UUID, form: Form, *, locales: Sequence[str] = (), base_url: str, patience: float = PATIENCE
) -> Certificate:
    """The certificate, signed, with the proof that the log holds the event of the run's end; changes nothing.

    Raises `RunNotFound`, `NoCertificateYet`, and `NotPublishedYet` where the log does not publish the event in time.
    """
    row = session().get(DisposalRun, run_id)
    if row is None:
        raise RunNotFound
    if row.account is None:
        raise NoCertificateYet
    programme = programmes.current()
    locale, found = texts([*locales, programme.jurisdiction.locales[0]])
    told = _Told(row, json.loads(row.account), programme, locale, found)
    content = run_content(row)
    place = audit.place_of(_event_of_the_end(run_id), seconds=patience)
    if form is Form.PDF:
        session().expunge(row)
        end_read()  # On SQLite an open read would keep every writer out while the document is laid out.
        made = audit.proven_pdf(_pdf(told, place, base_url), form.value, place, statement=STATEMENT)
        return Certificate(made, form, locale)
    document = {
        "format": STATEMENT,
        "title": told.phrase("title"),
        "language": locale,
        "run": content,
        "told": _in_words(told),
    }
    return Certificate(audit.proven_json(document, form.value, place, statement=STATEMENT), form, locale)


def _event_of_the_end(run_id: UUID) -> UUID:
    # Nothing happens to a run after its end: its last event is that of the end.
    return audit.events_about(RUN, run_id)[-1]


def _in_words(told: _Told) -> dict[str, Any]:
    return {
        "number": told.row.number,
        "as_of": days.named(told.row.as_of).isoformat(),
        "ended_at": clock.isoformat(told.row.ended_at or 0),
        "summary": told.phrase("summary"),
        "done": [list(cells) for cells in _done(told)],
        "stays": [list(cells) for cells in _stays(told)],
        "controllers": [one.name for one in told.programme.controllers.values()],
    }


def _done(told: _Told) -> Iterator[tuple[str, ...]]:
    for part in told.parts:
        did = part["done"]
        for place in sorted({*did.get("deleted", {}), *did.get("changed", {})}):
            by_hand = f" ({told.phrase('by_hand')})" if part["way"] == Way.BY_HAND or "stated_at" in part else ""
            deleted, changed = did.get("deleted", {}).get(place, 0), did.get("changed", {}).get(place, 0)
            yield f"{part['system']}: {place}{by_hand}", str(deleted), str(changed), str(part.get("left", "-"))


def _stays(told: _Told) -> Iterator[tuple[str, ...]]:
    for part in told.parts:
        for why, rows in part["done"].get("stays", {}).items():
            held = ", ".join(part["done"].get("holds", {})) if why == "held" else ""
            yield f"{part['system']}: {part['place']}", told.phrase(why) + (f": {held}" if held else ""), str(rows)


def _pdf(told: _Told, place: Place, base_url: str) -> bytes:
    document = Document(
        title=told.phrase("title"),
        subject=f"{told.phrase('number')} {told.row.number}",
        language=told.locale,
        at=told.row.ended_at or 0,
        footer=told.phrase("footer", id=told.row.number),
        pages=told.phrase("pages"),
    )
    return document.render([*_facts(told), *_ending(told, place, base_url)])


def _facts(told: _Told) -> Iterator[Block]:
    row = told.row
    yield Paragraph(told.phrase("title"), Style.TITLE, after=8)
    if row.state == RunState.CANCELLED:
        yield Paragraph(told.phrase("cancelled"), Style.NOTE, after=6)
    agreed = sum(one is not None for one in (row.first_by, row.second_by))
    facts = {
        "number": f"{row.number} ({row.id})",
        "as_of": days.named(row.as_of).isoformat(),
        "started": told.at(row.started_at),
        "ended": told.at(row.ended_at),
        "agreed": str(agreed),
    }
    for name, fact in facts.items():
        yield Paragraph(fact, term=f"{told.phrase(name)}:", after=2)
    names = "; ".join(f"{one.name}, {one.address}" for one in told.programme.controllers.values())
    yield Paragraph(names, term=f"{told.phrase('controllers')}:", after=8)
    yield Paragraph(told.phrase("summary"), after=8)
    heads = ("head_place", "head_deleted", "head_changed", "head_left")
    yield from _table(told, "done", heads, _DONE_WIDTHS, list(_done(told)))
    yield from _table(told, "stays", ("head_place", "head_why", "head_rows"), _STAYS_WIDTHS, list(_stays(told)))


def _table(
    told: _Told, title: str, heads: Sequence[str], widths: Sequence[float], rows: Sequence[tuple[str, ...]]
) -> Iterator[Block]:
    yield Heading(told.phrase(title))
    if rows:
        yield Table(tuple(map(told.phrase, heads)), tuple(widths), [Row(cells) for cells in rows])
    else:
        yield Paragraph(told.phrase("nothing"), after=8)


def _ending(told: _Told, place: Place, base_url: str) -> Iterator[Block]:
    yield Paragraph("", after=4)
    yield Heading(told.phrase("verify"))
    keys = f"{base_url}/.well-known/privacy-keys.json"
    yield Paragraph(told.phrase("verify_text", origin=place.origin, index=place.index, keys=keys))
    yield Paragraph("python3 -I privacy_verify.py certificate.pdf --key KEY", Style.FACT)
