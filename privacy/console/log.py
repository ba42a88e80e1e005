"""The log: events newest first, one of them with its proof checked on the spot, and how far the log is signed."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.event_routes import directory
from privacy.audit.service import EventFilter, Reader
from privacy.authz.actors import ActorKind
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.installation import installation
from privacy.errors import NotFound, VerificationError
from privacy.evidence import service as evidence
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.languages import lazy_gettext
from privacy.pages.look import look
from privacy.pages.rendering import done, download, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table

_READ = needs(Permission.AUDIT_READ)
_ON_A_PAGE = 50
#: Published states from which a colleague may choose.
_MOST_CHECKPOINTS = 50
#: The largest place that an address may name: what fits into the column.
_LARGEST = 2**53
#: Days that an address may name; the last one of the calendar has none after it.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
ACTORS = {
    ActorKind.CLIENT.value: lazy_gettext("API client"),
    ActorKind.STAFF.value: lazy_gettext("Colleague"),
    ActorKind.PERSON.value: lazy_gettext("The person"),
    ActorKind.OPERATOR.value: lazy_gettext("Command line"),
    ActorKind.SERVICE.value: lazy_gettext("The service itself"),
}
Entry = Mapping[str, Any]


def _at(entry: Entry) -> int | None:
    return None if entry["at"] is None else clock.to_micros(datetime.fromisoformat(entry["at"]))


def _who(entry: Entry) -> Any:
    actor = entry["actor"]
    if actor is None:
        return None
    named = actor["kind"] in {ActorKind.CLIENT.value, ActorKind.STAFF.value} and actor["name"]
    kind = ACTORS.get(actor["kind"], actor["kind"])
    return f"{kind}: {actor['name']}" if named else kind


_EVENTS: tuple[Column[Entry], ...] = (
    Column(
        "place",
        lazy_gettext("Place"),
        lambda one: one["sequence_number"],
        Kind.NUMBER,
        # One that waits has no text to click on yet; it takes a second.
        link=lambda one: (
            None if one["sequence_number"] is None else url_for("console.log_event", event_id=one["event_id"])
        ),
    ),
    Column("at", lazy_gettext("When"), _at, Kind.MOMENT),
    Column("action", lazy_gettext("What happened"), lambda one: one["action"]),
    Column("actor", lazy_gettext("Who"), _who, order=lambda one: str(_who(one))),
    Column("object", lazy_gettext("About"), lambda one: one["object"] and one["object"]["type"]),
    Column(
        "body",
        lazy_gettext("Body"),
        lambda one: lazy_gettext("deleted") if one["erased"] else lazy_gettext("there"),
        order=lambda one: one["erased"],
        sign=lambda one: "no" if one["erased"] else "yes",
    ),
)


@console.page("/log", guard=_READ, endpoint="log")
def listed() -> Response:
    """Events, the newest first, narrowed by what stands in the address."""
    known = audit.actions()
    choices: list[Choice[Entry]] = [
        Choice("action", lazy_gettext("What happened"), [*_beginnings(known), *((one, one) for one in known)]),
        Choice("actor", lazy_gettext("Who"), list(ACTORS.items())),
    ]
    first, last, before = _day("from"), _day("to"), _number("before")
    wanted = EventFilter(
        action=choices[0].chosen or None,
        actor_kind=choices[1].chosen or None,
        since=_micros(first),
        until=None if last is None else _micros(last + timedelta(days=1)),
    )
    page = _reader().newest(wanted, before=before, limit=_ON_A_PAGE)
    days = {name: day.isoformat() for name, day in (("from", first), ("to", last)) if day}
    place: dict[str, Any] = {"before": before} if before is not None else {}
    shown = table(lazy_gettext("Events"), _EVENTS, page.entries, choices=choices, **days, **place)
    narrowed = {choice.code: choice.chosen for choice in choices if choice.chosen} | days
    answer = as_csv(shown, "events")
    return answer or render(
        "log/events.html",
        table=shown,
        days=days,
        newest=url_for("console.log", **narrowed) if before is not None else None,  # type: ignore[arg-type]  # any keyword
        older=url_for("console.log", **narrowed, before=page.next) if page.next is not None else None,  # type: ignore[arg-type]  # any keyword
    )


@console.page("/log/events/<uuid:event_id>", guard=_READ, endpoint="log_event")
def event_page(event_id: UUID) -> Response:
    """One event: what it says, its leaf, and the proof that it stands in the log."""
    entry = _reader().one(event_id)
    found = _proof(event_id)
    checked, problem = None, None
    if found is not None:
        try:
            checked = audit.check_inclusion(found)
        except VerificationError as error:
            problem = error.detail
    return render(
        "log/event.html",
        entry=entry,
        at=_at(entry),
        who=_who(entry),
        details={name: _written(value) for name, value in (entry["details"] or {}).items()},
        proof=found,
        leaf=_written(found["event"]["leaf"]) if found else None,
        checked=checked,
        root=base64.b64encode(checked.root).decode() if checked else None,
        problem=problem,
    )


@console.page("/log/events/<uuid:event_id>/proof", guard=_READ, endpoint="log_proof")
def proof_file(event_id: UUID) -> Response:
    """The proof as an evidence file, which `privacy-verify` takes."""
    _reader().one(event_id)
    found = _proof(event_id)
    if found is None:
        return done("console.log_event", event_id=event_id)  # It says that there is none yet.
    return _evidence(found, f"inclusion-proof-{event_id}")


@console.page("/log/checkpoint", guard=_READ, endpoint="log_checkpoint")
def checkpoint_page() -> Response:
    """How far the log is signed, when it was verified, and that it was only ever added to."""
    try:
        facts = audit.checkpoint_facts()
    except (audit.LogNotOpened, audit.CheckpointNotFound):
        facts = None
    sizes = audit.checkpoint_sizes(_MOST_CHECKPOINTS)
    old = _number("old")
    compared, checked, problem = None, None, None
    if old is not None and old in {size for size, _ in sizes}:
        compared = old
        try:
            checked = audit.check_consistency(audit.consistency_proof(old))
        except VerificationError as error:
            problem = error.detail
    verified, verify_problem = None, None
    try:
        verified = evidence.last_verified(installation().verified_path)
    except audit.LogBroken as broken:
        verify_problem = broken.detail
    return render(
        "log/checkpoint.html",
        facts=facts,
        published_at=sizes[0][1] if sizes else None,
        sizes=sizes,
        compared=compared,
        checked=checked,
        problem=problem,
        verified=verified,
        verify_problem=verify_problem,
    )


@console.page("/log/consistency", guard=_READ, endpoint="log_consistency")
def consistency_file() -> Response:
    """That the newest state begins with the one of the size `old`, as an evidence file."""
    old = _number("old")
    if old is None:
        raise NotFound
    return _evidence(audit.consistency_proof(old), f"consistency-proof-{old}")


def _reader() -> Reader:
    return Reader(directory(), current_actor())


def _proof(event_id: UUID) -> Mapping[str, Any] | None:
    """The evidence file of an event; None while it waits to be published."""
    try:
        return audit.inclusion_proof(event_id, seconds=0)
    except (audit.NotPublishedYet, audit.CheckpointNotFound, audit.LogNotOpened):
        return None


def _evidence(content: Mapping[str, Any], name: str) -> Response:
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return download(text.encode(), "application/json", f"{name}.json")


def _beginnings(known: Any) -> list[tuple[str, str]]:
    """What actions begin with, each standing for all of them."""
    return [(f"{one}.", f"{one}.…") for one in sorted({action.partition(".")[0] for action in known})]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 and int(text) < _LARGEST else None


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if _FIRST_DAY <= found <= _LAST_DAY else None


def _micros(day: date | None) -> int | None:
    return None if day is None else clock.to_micros(datetime.combine(day, time(), look().zone()))
