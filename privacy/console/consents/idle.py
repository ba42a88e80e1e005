"""Acts without effect: by source and reason, what to do about them, and examples."""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import LazyProxy
from flask import Response, request, url_for

from privacy.consent import service as consent
from privacy.consent.service import NoEffect, Queued
from privacy.console.blueprint import console
from privacy.console.consents import words
from privacy.console.consents.explorer import READ
from privacy.db import end_read
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes

_DO: Mapping[NoEffect, LazyProxy] = {
    NoEffect.FUTURE_CLAIM: lazy_gettext("Have the clock of the source set right, and the acts sent again."),
    NoEffect.NO_DATE: lazy_gettext("Ask the source for the dates, and send or import the acts again with them."),
    NoEffect.PAIR_UNKNOWN: lazy_gettext(
        "Correct the channel that the source sends, or add the channel to the purpose in the programme."
    ),
    NoEffect.WORDING_MISSING: lazy_gettext(
        "Find out which text was shown, and send or import the acts again with its code."
    ),
    NoEffect.WORDING_UNKNOWN: lazy_gettext(
        "Add the text to the programme as a historical wording, with who vouches for it, and send the acts again."
    ),
    NoEffect.WORDING_NOT_IN_FORCE: lazy_gettext(
        "Look which version the source really showed on those days, and send the acts again with that one."
    ),
    NoEffect.WORDING_OTHER_PURPOSE: lazy_gettext(
        "The text does not ask for this. Have the purpose corrected at the source, or ask the people anew."
    ),
    NoEffect.TEXT_MISMATCH: lazy_gettext(
        "The source showed another text than the one it names. Find that text and publish it, or ask the people anew."
    ),
    NoEffect.CONTACT_UNKNOWN: lazy_gettext(
        "Have the source send the address or number with the act, or add it to the account."
    ),
    NoEffect.IDENTIFIERS_DISAGREE: lazy_gettext(
        "Look who is who: retire the identifier that is wrong, or join the people."
    ),
    NoEffect.INSUFFICIENT_PROOF: lazy_gettext(
        "Have the people confirm by a code, or lower the proof that the purpose asks for, if the law allows it."
    ),
}
_COLUMNS: tuple[Column[Queued], ...] = (
    Column(
        "reason",
        lazy_gettext("Why they have no effect"),
        lambda one: words.without_effect(one.reason),
        link=lambda one: url_for("console.idle_acts_one", no_effect=one.reason.value, source=one.source_system),
    ),
    Column("source", lazy_gettext("Source"), lambda one: words.system(one.source_system)),
    Column("acts", lazy_gettext("Acts"), lambda one: one.acts, Kind.NUMBER),
    Column("do", lazy_gettext("What to do"), lambda one: _DO[one.reason]),
)


@console.page("/idle-acts", guard=READ, endpoint="idle_acts")
def queue() -> Response:
    """The queue."""
    found = consent.without_effect(realm=current_actor().realm.value, programme=programmes.current())
    sources = sorted({one.source_system for one in found})
    choices = [
        Choice[Queued](
            "why",
            lazy_gettext("Why they have no effect"),
            [(one.value, words.without_effect(one)) for one in NoEffect],
            lambda one, value: one.reason == value,
        ),
        Choice[Queued](
            "source",
            lazy_gettext("Source"),
            [(code, words.system(code)) for code in sources],
            lambda one, value: one.source_system == value,
        ),
    ]
    shown = table(lazy_gettext("Acts without effect"), _COLUMNS, found, choices=choices)
    end_read()
    return as_csv(shown, "acts-without-effect") or render("consents/idle.html", table=shown)


@console.page("/idle-acts/<no_effect>", guard=READ, endpoint="idle_acts_one")
def one(no_effect: str) -> Response:
    """One reason at one source: what it means, what to do, and the newest of these acts."""
    source = request.args.get("source", "")
    if no_effect not in set(NoEffect) or not source:
        raise NotFound
    why = NoEffect(no_effect)
    acts = consent.examples_without_effect(
        why, source, realm=current_actor().realm.value, programme=programmes.current()
    )
    shown = table(lazy_gettext("The newest of these acts"), words.ACT_COLUMNS, acts, no_effect=no_effect, source=source)
    answer = as_csv(shown, f"acts-without-effect-{no_effect}") or render(
        "consents/idle_one.html", why=words.without_effect(why), source=words.system(source), do=_DO[why], table=shown
    )
    end_read()
    return answer
