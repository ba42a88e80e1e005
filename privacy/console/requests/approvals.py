"""What waits for a second signature, everywhere: each leads to the page on which the second person decides.

To agree one reads the matter first, on its own page. What one colleague asked another for may be declined here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from babel.support import LazyProxy
from flask import Response, current_app, url_for

from privacy.access import service as access
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.requests import words
from privacy.console.requests.one import Nothing
from privacy.dsar import service as dsar
from privacy.dsar.service import Asked, CaseType, RequestView, State
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import FRESH, SIGNED_IN
from privacy.pages.forms import read_form
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.pages.tables import Column, Kind, as_csv, table
from privacy.programme.service import NoProgramme
from privacy.retention import service as retention

_MOST = 500


@dataclass(frozen=True)
class _Sort:
    """A sort of action to which two people agree."""

    text: LazyProxy
    #: Who sees that it waits.
    reads: Permission
    #: Where it is decided, or the list in which it stands; with the id of the approval where that names the matter.
    page: str
    named: str | None = None
    #: Whether it is declined here, because its own page has no way to.
    declined_here: bool = False


#: By the name of the action that somebody asked for. Authorisations are told of by `_grants`.
_SORTS: Mapping[str, _Sort] = {
    "legal_holds.release": _Sort(
        lazy_gettext("Release of a legal hold"),
        Permission.RETENTION_READ,
        "console.holds",
        declined_here=True,
    ),
    "consents.annul": _Sort(
        lazy_gettext("Annulment of acts of consent"),
        Permission.AUDIT_READ,
        "console.annulments_one",
        "annulment_id",
    ),
    "evidence_records.open": _Sort(
        lazy_gettext("Reading of the record of somebody who was erased"),
        Permission.EVIDENCE_RECORDS_OPEN,
        "console.people",
        declined_here=True,
    ),
    "staff.recover": _Sort(
        lazy_gettext("A new beginning for a colleague who lost every factor"),
        Permission.STAFF_READ,
        "console.staff",
    ),
    "api_client.issue": _Sort(
        lazy_gettext("Keys for a program that may do more than who asked"),
        Permission.CLIENTS_READ,
        "console.clients",
    ),
}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a second person."""

    sort: str
    which: str
    asked_by: str
    since: int | None
    until: int | None
    address: str | None
    reason: str | None = field(default=None, repr=False)
    #: What may be declined here by whoever looks.
    declinable: UUID | None = None


_COLUMNS: tuple[Column[Waiting], ...] = (
    Column("sort", lazy_gettext("What waits"), lambda one: one.sort, link=lambda one: one.address),
    Column("which", lazy_gettext("Which one"), lambda one: one.which),
    Column("by", lazy_gettext("Asked by"), lambda one: one.asked_by),
    Column("since", lazy_gettext("Since"), lambda one: one.since, Kind.MOMENT),
    Column("until", lazy_gettext("Good until"), lambda one: one.until, Kind.MOMENT),
)
console.says_after({"approval-declined": lazy_gettext("Declined. Whoever asked has to ask anew.")})


@console.page("/approvals", guard=SIGNED_IN, endpoint="approvals")
def listed() -> Response:
    """Everything that this member of staff may know of."""
    found = list(_waiting(current_actor()))
    shown = table(lazy_gettext("Second signatures"), _COLUMNS, found)
    declinable = [one for one in found if one.declinable is not None]
    return as_csv(shown, "approvals") or render("requests/approvals.html", table=shown, declinable=declinable)


@console.form("/approvals/<uuid:approval_id>/refuse", guard=FRESH, endpoint="approvals_refuse")
def decline(approval_id: UUID) -> Response:
    """Say no to what a colleague asked for."""
    read_form(Nothing)
    asked = next((one for one in access.open_approvals() if one.id == approval_id), None)
    sort = _SORTS.get(asked.action) if asked is not None else None
    if sort is None or not sort.declined_here:
        raise NotFound
    access.refuse(approval_id, actor=current_actor())
    return done("console.approvals", "approval-declined")


def _waiting(actor: Actor) -> Iterator[Waiting]:
    allowed = actor.permissions
    if Permission.REQUESTS_READ in allowed:
        yield from _requests(actor)
    if Permission.RETENTION_READ in allowed:
        yield from _runs()
    yield from _asked(actor)
    if Permission.STAFF_READ in allowed:
        yield from _grants()


def _requests(actor: Actor) -> Iterator[Waiting]:
    """Requests that one person has granted, and tasks for which one has proposed more rows."""
    granted = _page(State.APPROVING, actor)
    proposed = [one for one in _page(State.REVIEWING, actor) if dsar.waits_for_second(one.row)]
    names = _names({one.row.granted_by for one in granted})
    for one in [*granted, *proposed]:
        sort = _("Request that was granted") if one in granted else _("More rows than are expected of one person")
        yield Waiting(
            sort,
            f"{one.row.number}, {words.KINDS[CaseType(one.row.case_type)]}",
            names.get(one.row.granted_by, ""),
            None,
            None,
            url_for("console.requests_one", request_id=one.row.id),
        )


def _page(state: State, actor: Actor) -> list[RequestView]:
    try:
        return list(dsar.page(Asked(state=state, limit=_MOST), actor=actor).requests)
    except NoProgramme:
        return []


def _runs() -> Iterator[Waiting]:
    for run in retention.runs_to_approve():
        agreed = sum(one is not None for one in (run.first_by, run.second_by))
        if agreed < run.approvals:
            which = _("Run %(number)s: %(agreed)s of %(wanted)s have agreed")
            told = which % {"number": run.number, "agreed": agreed, "wanted": run.approvals}
            yield Waiting(_("Disposal run"), told, "", None, None, _address("console.retention_run", run_id=run.id))


def _asked(actor: Actor) -> Iterator[Waiting]:
    """What one colleague asked another for, by whoever may read of it."""
    found = [(one, _SORTS[one.action]) for one in access.open_approvals() if one.action in _SORTS]
    names = _names({one.requested_by for one, _sort in found})
    for one, sort in found:
        if sort.reads in actor.permissions:
            another = Permission.APPROVALS_GIVE in actor.permissions and one.requested_by != actor.id
            yield Waiting(
                str(sort.text),
                "",
                names.get(one.requested_by, ""),
                one.requested_at,
                one.expires_at,
                _address(sort.page, **({sort.named: one.id} if sort.named else {})),
                one.reason,
                one.id if sort.declined_here and another else None,
            )


def _grants() -> Iterator[Waiting]:
    found = [one for one in access.grants() if one.waits]
    names = _names({one.granted_by for one in found})
    for one in found:
        yield Waiting(
            _("Authorisation of a colleague"),
            f"{one.staff_name}, {one.number}",
            names.get(one.granted_by, ""),
            one.granted_at,
            None,
            _address("console.staff_one", staff_id=one.staff_id),
            one.reason,
        )


def _names(ids: set[Any]) -> dict[Any, str]:
    return {one: found.name for one, found in access.principals({one for one in ids if one is not None}).items()}


def _address(endpoint: str, **values: Any) -> str | None:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
