"""A report for machines: facts and tables by name, words by code, days and instants in ISO 8601."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from privacy import clock
from privacy.reports.document import Chart, Document, Facts, Moment, Share, TableOf, Value, Word
from privacy.reports.report import Context, Report

FORMAT = "privacy-report/v1"


def as_json(report: Report, document: Document, context: Context) -> bytes:
    """The report as JSON in UTF-8."""
    asked, programme = context.asked, context.programme
    told = {
        "format": FORMAT,
        "report": report.name,
        "title": report.titles.in_(asked.locale),
        "language": asked.locale,
        "period": _period(context) if report.periodic else None,
        "as_of": context.today.isoformat(),
        "programme": {"number": programme.number, "sha256": programme.sha256},
        "controllers": [one.name for one in programme.controllers.values()],
        **_content(document),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode(errors="replace")


def _period(context: Context) -> Mapping[str, str]:
    period = context.asked.period
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _content(document: Document) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for part in document.parts:
        match part:
            case Facts():
                facts[part.name] = {fact.name: _plain(fact.value) for fact in part.facts}
            case TableOf():
                names = [column.name for column in part.columns]
                tables[part.name] = [dict(zip(names, map(_plain, row), strict=True)) for row in part.rows]
            case Chart():
                tables[part.name] = [{"label": label, "figure": figure} for label, figure in part.bars]
    told = {"facts": facts, "tables": tables}
    return told | {"attached": dict(document.attached)} if document.attached else told


def _plain(value: Value) -> Any:
    match value:
        case Word():
            return value.code
        case Moment():
            return clock.isoformat(value.at)
        case Share():
            return {"part": value.part, "whole": value.whole}
        case date():
            return value.isoformat()
        case None | bool() | int() | str():
            return value
        case _:
            return [_plain(one) for one in value]
