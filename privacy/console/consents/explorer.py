"""The explorer: how many acts there are of what, by channel, state, source and period, and the newest of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import ActKind, ActState, CountedActs, NoEffect, WantedActs
from privacy.console.blueprint import console
from privacy.console.consent_charts import channel_name, purpose_name
from privacy.console.consents import words
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import render
from privacy.pages.tables import Column, Kind, as_csv, table
from privacy.programme import service as programmes

#: Acts one by one, and their places in the log: not for whoever serves one customer at a time.
READ = needs(Permission.CONSENTS_READ, Permission.AUDIT_READ)
_SHOWN = 50
#: Days that are shown where nobody says from when.
_DAYS = 90

COUNT_COLUMNS: tuple[Column[CountedActs], ...] = (
    Column("purpose", lazy_gettext("Purpose"), lambda one: purpose_name(one.purpose)),
    Column("channel", lazy_gettext("Channel"), lambda one: channel_name(one.channel)),
    Column("act", lazy_gettext("Act"), lambda one: words.ACTS[one.act], order=lambda one: one.act),
    Column("source", lazy_gettext("Source"), lambda one: words.system(one.source_system)),
    Column("acts", lazy_gettext("Acts"), lambda one: one.acts, Kind.NUMBER),
)
_COUNTS = (
    *COUNT_COLUMNS[:3],
    Column[CountedActs](
        "state",
        lazy_gettext("State"),
        lambda one: words.STATES[one.state][0],
        order=lambda one: one.state,
        sign=lambda one: words.STATES[one.state][1],
    ),
    *COUNT_COLUMNS[3:],
)


@dataclass(frozen=True)
class _Period:
    first: date
    last: date


@console.page("/consents", guard=READ, endpoint="consents")
def explorer() -> Response:
    """Counts, and the newest acts; a wrong choice is named, and the last three months shown."""
    errors, period, before = NO_ERRORS, _usual(), None
    try:
        period, before = _asked(), _place()
    except InvalidInput as error:
        errors = FormErrors.of(error)
    wanted = _wanted(period)
    counts = consent.count_acts(wanted)
    chosen = _chosen(period)
    shown = table(lazy_gettext("Acts by what they are about"), _COUNTS, counts.rows, **chosen)
    if (file := as_csv(shown, f"acts-{period.first}-{period.last}")) is not None:
        return file
    acts = consent.newest_acts(wanted, before=before, most=_SHOWN)
    more = consent.hide_act(current_actor(), acts[-1].id) if len(acts) == _SHOWN else None
    values = {
        "counts": shown,
        "total": sum(one.acts for one in counts.rows),
        "whole": counts.whole,
        "acts": acts,
        "columns": words.ACT_COLUMNS,
        "older": url_for("console.consents", **chosen, before=more) if more else None,
        "newest": url_for("console.consents", **chosen) if before else None,
        "errors": errors,
        "chosen": chosen,
        **_lists(period),
    }
    end_read()
    return render("consents/explorer.html", 422 if errors else 200, **values)


def _lists(period: _Period) -> dict[str, Any]:
    """What the form offers."""
    programme, every = programmes.current(), [("", _("All"))]
    counted = consent.statistics(consent.StatisticsWanted(current_actor().realm, period.first, period.last))
    sources = sorted({*counted.by_source(), request.args.get("source", "")} - {""})
    return {
        "purposes": every + [(code, purpose_name(code)) for code in sorted(programme.purposes)],
        "channels": every + [(code, channel_name(code)) for code in sorted(programme.channels)],
        "sources": every + [(code, words.system(code)) for code in sources],
        "kinds": every + [(kind.value, str(text)) for kind, text in words.ACTS.items()],
        "states": every + [(state.value, str(text)) for state, (text, _sign) in words.STATES.items()],
        "reasons": every + [(reason.value, words.without_effect(reason)) for reason in NoEffect],
    }


def _wanted(period: _Period) -> WantedActs:
    zone = programmes.current().zone
    begin, end = (
        clock.to_micros(datetime.combine(day, time(), zone)) for day in (period.first, period.last + timedelta(days=1))
    )
    given = request.args
    return WantedActs(
        realm=current_actor().realm,
        since=begin,
        before=end,
        purpose=given.get("purpose") or None,
        channel=given.get("channel") or None,
        source_system=given.get("source") or None,
        act=_of(ActKind, "act"),
        state=_of(ActState, "state"),
        no_effect=_of(NoEffect, "reason"),
    )


def _of(kind: Any, name: str) -> Any:
    """What the address names of a closed list; None for anything else."""
    value = request.args.get(name, "")
    return kind(value) if value in {one.value for one in kind} else None


def _chosen(period: _Period) -> dict[str, Any]:
    """The page's own address, codes only."""
    names = ("purpose", "channel", "source", "act", "state", "reason")
    given = {name: request.args[name] for name in names if request.args.get(name)}
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), **given}


def _asked() -> _Period:
    usual = _usual()
    first, last = _day("from", usual.first), _day("to", usual.last)
    if last < first:
        raise InvalidInput.of("to", "The last day comes before the first.")
    return _Period(first, last)


def _usual() -> _Period:
    last = days.day_of(clock.micros(), programmes.current().zone)
    return _Period(last - timedelta(days=_DAYS), last)


def _day(name: str, otherwise: date) -> date:
    text = request.args.get(name, "")
    try:
        found = date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise InvalidInput.of(name, "Give a day like 2026-11-30.") from None
    if not date(2000, 1, 1) <= found <= date(2200, 1, 1):
        raise InvalidInput.of(name, "Give a day like 2026-11-30.")
    return found


def _place() -> UUID | None:
    """The act before which the list goes on."""
    text = request.args.get("before", "")
    if not text:
        return None
    try:
        return consent.reveal_act(current_actor(), UUID(text))
    except ValueError:
        raise InvalidInput.of("body", "Please look at this again.") from None
