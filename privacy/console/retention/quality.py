"""The upkeep of data (Art. 5(1)(d)): contacts that may be wrong, people who may be one, and what staff decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response, url_for
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.retention import words
from privacy.console.retention.asked import asked_id
from privacy.db import Driver, session
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.retention import service as retention
from privacy.retention.service import Decision, FindingKind, FindingState, FindingView
from privacy.subjects import service as subjects

_MAY = needs(Permission.SUBJECTS_MERGE)
_AT_ONCE = 200
_Reason = Annotated[str, Meta(min_length=3, max_length=200)]
console.says_after({"finding-decided": lazy_gettext("Your decision about the finding is recorded.")})


class _Decided(msgspec.Struct, forbid_unknown_fields=True):
    decision: Decision
    reason: _Reason


def _columns(contacts: Mapping[UUID, str]) -> tuple[Column[FindingView], ...]:
    return (
        Column(
            "kind",
            lazy_gettext("Finding"),
            lambda one: words.QUALITY_KINDS[one.kind],
            order=lambda one: list(FindingKind).index(one.kind),
            link=lambda one: url_for("console.retention_quality_one", finding_id=one.id),
        ),
        Column("contact", lazy_gettext("Contact"), lambda one: contacts[one.id]),
        Column(
            "state",
            lazy_gettext("State"),
            lambda one: words.QUALITY_STATES[one.state][0],
            order=lambda one: one.state,
            sign=lambda one: words.QUALITY_STATES[one.state][1],
        ),
        Column("found", lazy_gettext("Found"), lambda one: one.found_at, Kind.MOMENT),
    )


@console.page("/retention/quality", guard=_MAY, endpoint="retention_quality")
def listed() -> Response:
    """What was found, masked; first what waits for a decision."""
    after = asked_id("after")
    kind = Choice[FindingView](
        "kind", lazy_gettext("Finding"), [(one.value, said) for one, said in words.QUALITY_KINDS.items()]
    )
    states = [(one.value, said) for one, (said, _sign) in words.QUALITY_STATES.items() if one is not FindingState.OPEN]
    state = Choice[FindingView]("state", lazy_gettext("Decided ones"), states)
    found = retention.findings(
        realm=current_actor().realm,
        kinds=[FindingKind(kind.chosen)] if kind.chosen else [],
        state=FindingState(state.chosen) if state.chosen else FindingState.OPEN,
        after=after,
        limit=_AT_ONCE,
    )
    values = {"after": str(after)} if after else {}
    columns = _columns({one.id: _contact(one) for one in found})
    shown = table(lazy_gettext("Findings"), columns, found, choices=[kind, state], **values)
    later = None
    if len(found) == _AT_ONCE:
        chosen = {name: value for name, value in (("kind", kind.chosen), ("state", state.chosen)) if value}
        later = url_for("console.retention_quality", after=str(found[-1].id), **chosen)  # type: ignore[arg-type]  # any keyword
    return as_csv(shown, "data-quality") or render("retention/quality.html", table=shown, later=later)


@console.page("/retention/quality/<uuid:finding_id>", guard=_MAY, endpoint="retention_quality_one")
def one(finding_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One finding; its contact is masked."""
    found = retention.finding(finding_id, realm=current_actor().realm)
    said, sign = words.QUALITY_STATES[found.state]
    choices = words.QUALITY_DECISIONS.items()
    return render(
        "retention/finding.html",
        finding=found,
        kind=words.QUALITY_KINDS[found.kind],
        contact=_contact(found),
        said=said,
        sign=sign,
        choices=[(one, text) for one, text in choices if found.kind.of_two or one is Decision.IGNORE],
        is_open=found.state is FindingState.OPEN,
        errors=errors,
    )


@console.form("/retention/quality/<uuid:finding_id>", guard=_MAY, again=one, endpoint="retention_quality_decide")
def decide(finding_id: UUID) -> Response:
    """The two are one person, they are two, or it is left as it is."""
    given = read_form(_Decided)
    retention.decide_finding(finding_id, given.decision, reason=given.reason, actor=current_actor())
    return done("console.retention_quality_one", "finding-decided", finding_id=finding_id)


def _contact(found: FindingView) -> str:
    """The contact by which it was found, masked; empty where it is gone."""
    try:
        return ", ".join(subjects.masked_value(Driver.of(session()), found.contact_id).values())
    except NotFound:
        return ""
