"""What stands in a person's file: where each contact came from, what was said and shown, what holds, who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import Answer, Asking, Entry, ExplainedAct, ExplainedPerson, Reason, Scope
from privacy.console.consent_charts import channel_name, purpose_name
from privacy.console.consents import words
from privacy.console.people import sayings
from privacy.console.people.texts_shown import TextShown, texts_of
from privacy.console.requests import words as request_words
from privacy.db import end_read, session
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType, RequestView
from privacy.http.auth import current_actor
from privacy.pages.languages import lazy_gettext
from privacy.pages.tables import Column, Kind, Table, table
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.service import HoldFacts
from privacy.subjects import service as subjects
from privacy.subjects.service import Claimed, ContactView, MergeView, Naming, Standing, SubjectView

#: In the address: which of the tables is asked for as a file.
PART = "part"

#: Answers of these reasons rest on nothing that anybody said.
_SILENT = frozenset({Reason.NO_RECORD, Reason.CONTACT_UNKNOWN, Reason.OTHER_LEGAL_BASIS})


@dataclass(frozen=True)
class Short:
    """A person in a few words, by which staff tell two apart."""

    reference: str
    accounts: Sequence[str]
    contacts: Sequence[str]
    standing: Sequence[str]


@dataclass(frozen=True)
class Joined:
    """Two subjects that staff found to be one person, by this member's own references."""

    one: Short
    other: Short
    reason: str
    merged_at: int


@dataclass(frozen=True)
class File:
    """Everything on the page."""

    short: Short
    age_class: str | None
    tables: Sequence[Table[Any]]
    suppressed: Sequence[Entry]
    hold: HoldFacts | None
    joined: Sequence[Joined]
    disputed: Sequence[Claimed]
    #: Files of others who hold one of the contacts and are known by it alone.
    alone: Sequence[Short]

    def table(self, part: str) -> Table[Any] | None:
        """One of the tables; None where this member may not see it."""
        return next((one for one in self.tables if one.values[PART] == part), None)


def file_of(subject_id: UUID, reference: UUID) -> File:
    """The file, read in short reads."""
    actor, programme = current_actor(), programmes.current()
    explained = consent.explain(Naming(actor.realm, ref=subject_id), actor=actor, programme=programme, scope=Scope())
    person = next(one for one in explained.people if subject_id in one.view.members)
    others = [one.view for one in explained.people if one is not person]
    held = retention.in_force(actor.realm) if Permission.RETENTION_READ in actor.permissions else None
    found = File(
        short=_short(person.view),
        age_class=person.view.age_class,
        tables=_tables(person, subject_id, reference),
        suppressed=person.suppressed,
        hold=held.on_people(person.view.members) if held else None,
        joined=[_joined(one) for one in subjects.merges_among(person.view.members)],
        disputed=[one for one in person.claims if one.in_dispute],
        alone=[_short(one) for one in others],
    )
    end_read()
    return found


def short(subject_id: UUID) -> Short:
    """A person in a few words; raises `NotFound`."""
    return _short(subjects.view(subject_id, realm=current_actor().realm.value))


def merges(subject_id: UUID) -> Sequence[MergeView]:
    """The merges by which the person is one."""
    return subjects.merges_among(subjects.one_with(subject_id, realm=current_actor().realm.value))


def differing(one: UUID, other: UUID) -> Sequence[tuple[str, str]]:
    """Purposes and channels for which one of two may be contacted and the other may not."""
    mine, theirs = (_allowed(subject_id) for subject_id in (one, other))
    differ = sorted(key for key in mine if mine[key] != theirs.get(key))
    return [(purpose_name(purpose), channel_name(channel)) for purpose, channel in differ]


def _allowed(subject_id: UUID) -> Mapping[tuple[str, str], bool]:
    _, answers = consent.preferences(subject_id, actor=current_actor(), programme=programmes.current())
    return {(out.purpose.code, out.channel or consent.NO_CHANNEL): out.decision.allowed for out in answers}


def _short(view: SubjectView) -> Short:
    programme = programmes.current()
    types = [one.type for one in view.identifiers]
    return Short(
        subjects.hide_subject(current_actor(), view.id),
        [sayings.identifier(programme, code) for code in types],
        [f"{sayings.contact(programme, one.kind)} {one.masked}" for one in view.contacts],
        [str(sayings.STANDINGS[flag]) for flag in Standing if flag in view.standing],
    )


def _joined(merge: MergeView) -> Joined:
    return Joined(_only(merge.a), _only(merge.b), merge.reason, merge.merged_at)


def _only(subject_id: UUID) -> Short:
    """One of several who are one person: what it alone brought in."""
    programme = programmes.current()
    view = subjects.view(subject_id, realm=current_actor().realm.value)
    return Short(
        subjects.hide_subject(current_actor(), subject_id),
        [sayings.identifier(programme, one.type) for one in view.identifiers if one.subject_id == subject_id],
        [
            f"{sayings.contact(programme, one.kind)} {one.masked}"
            for one in view.contacts
            if one.subject_id == subject_id
        ],
        [],
    )


def _tables(person: ExplainedPerson, subject_id: UUID, reference: UUID) -> list[Table[Any]]:
    actor = current_actor()
    decided, silent = _answers(person)

    def made(part: str, caption: Any, columns: Sequence[Column[Any]], rows: Sequence[Any]) -> Table[Any]:
        return table(caption, columns, rows, endpoint="console.people_one", subject_ref=reference, part=part)

    found = [
        made("contacts", lazy_gettext("Contacts, and where each came from"), _CONTACTS, person.view.contacts),
        made("accounts", lazy_gettext("Accounts, and where each came from"), _ACCOUNTS, person.view.identifiers),
        made("answers", lazy_gettext("What holds now, by purpose and channel"), _ANSWERS, decided),
        made("silent", lazy_gettext("Where nobody has said anything"), _ANSWERS, silent),
        made("acts", lazy_gettext("Acts, the newest first"), _ACTS, person.acts),
        made("texts", lazy_gettext("Texts that the person was shown"), _TEXTS, texts_of([a.view for a in person.acts])),
        made("asked", lazy_gettext("Who asked whether the person may be contacted"), _ASKED, _asked(subject_id)),
    ]
    if Permission.REQUESTS_READ in actor.permissions:
        rows = [dsar.view(dsar.visible(one, actor=actor)) for one in _requests(person.view.members)]
        found.append(made("requests", lazy_gettext("Requests of the person"), _REQUESTS, rows))
    return found


def _answers(person: ExplainedPerson) -> tuple[list[Answer], list[Answer]]:
    """What a check answers, by contact where there are any: what rests on something said or known, and the rest."""
    alike: dict[tuple[str, str | None, str, Reason], Answer] = {}
    for answer in (answer for asked in person.asked for answer in asked.answers):
        key = (answer.purpose.code, answer.channel, _about(answer), answer.decision.reason)
        alike.setdefault(key, answer)
    told = {(purpose, channel) for purpose, channel, about, _ in alike if about}
    kept = [one for (purpose, channel, about, _), one in alike.items() if about or (purpose, channel) not in told]
    decided = [one for one in kept if one.decision.reason not in _SILENT]
    return decided, [one for one in kept if one.decision.reason in _SILENT]


def _requests(members: Sequence[UUID]) -> Sequence[UUID]:
    return session().scalars(dsar.requests_of(members)).all()


def _asked(subject_id: UUID) -> Sequence[Asking]:
    return consent.who_asked(subject_id, actor=current_actor())


def _verdicts(act: ExplainedAct) -> str:
    told = [(contact.masked if contact else "", words.effect(verdict.effect)) for contact, verdict in act.verdicts]
    if act.view.no_effect:
        return words.without_effect(act.view.no_effect)
    if len({text for _, text in told}) == 1:
        return told[0][1]
    return "; ".join(f"{masked}: {text}" if masked else text for masked, text in told)


def _about(answer: Answer) -> str:
    return answer.contact.masked if answer.contact else ""


_CONTACTS: tuple[Column[ContactView], ...] = (
    Column(
        "contact",
        lazy_gettext("Contact"),
        lambda one: f"{sayings.contact(programmes.current(), one.kind)}: {one.masked}",
    ),
    Column("contact_source", lazy_gettext("Where it came from"), lambda one: words.system(one.source)),
    Column("contact_since", lazy_gettext("Since"), lambda one: one.held_from, Kind.MOMENT),
    Column("contact_until", lazy_gettext("Ended"), lambda one: one.held_until, Kind.MOMENT),
    Column("contact_ended", lazy_gettext("Why it ended"), lambda one: sayings.ended(one.ended)),
)
_ACCOUNTS: tuple[Column[Any], ...] = (
    Column("account", lazy_gettext("Account"), lambda one: sayings.identifier(programmes.current(), one.type)),
    Column("account_source", lazy_gettext("Where it came from"), lambda one: words.system(one.source)),
    Column("account_since", lazy_gettext("Since"), lambda one: one.held_from, Kind.MOMENT),
    Column("account_ended", lazy_gettext("Ended"), lambda one: one.retired_at, Kind.MOMENT),
)
_ANSWERS: tuple[Column[Answer], ...] = (
    Column("for", lazy_gettext("Purpose"), lambda one: purpose_name(one.purpose.code)),
    Column("by", lazy_gettext("Channel"), lambda one: channel_name(one.channel or consent.NO_CHANNEL)),
    Column("about", lazy_gettext("Contact"), _about),
    Column(
        "answer",
        lazy_gettext("May be contacted"),
        lambda one: sayings.YES if one.decision.allowed else sayings.NO,
        order=lambda one: one.decision.allowed,
        sign=lambda one: "yes" if one.decision.allowed else "no",
    ),
    Column("why", lazy_gettext("Because"), lambda one: words.REASONS[one.decision.reason]),
    Column("valid_until", lazy_gettext("Valid until"), lambda one: one.decision.valid_until, Kind.MOMENT),
)
_ACTS: tuple[Column[ExplainedAct], ...] = (
    Column(
        "at",
        lazy_gettext("Received"),
        lambda one: one.view.received_at,
        Kind.MOMENT,
        link=lambda one: words.act_link(one.view) if Permission.AUDIT_READ in current_actor().permissions else None,
    ),
    Column("act", lazy_gettext("Act"), lambda one: words.ACTS[one.view.act]),
    Column("act_purpose", lazy_gettext("Purpose"), lambda one: purpose_name(one.view.purpose)),
    Column("act_channel", lazy_gettext("Channel"), lambda one: channel_name(one.view.channel)),
    Column("act_contact", lazy_gettext("Contact"), lambda one: one.named.masked if one.named else ""),
    Column("act_source", lazy_gettext("Source"), lambda one: words.system(one.view.source[0])),
    Column("proof", lazy_gettext("Proof"), lambda one: words.PROOFS.get(one.view.proof, one.view.proof)),
    Column("effect", lazy_gettext("What became of it"), _verdicts),
)
_TEXTS: tuple[Column[TextShown], ...] = (
    Column("text_kind", lazy_gettext("Kind of text"), lambda one: sayings.TEXT_KINDS[one.kind]),
    Column("text", lazy_gettext("Text"), lambda one: one.code),
    Column("version", lazy_gettext("Version"), lambda one: one.version or "?"),
    Column("text_language", lazy_gettext("In which language"), lambda one: sayings.language(one.locale)),
    Column("first", lazy_gettext("First"), lambda one: one.first, Kind.MOMENT),
    Column("last", lazy_gettext("Last"), lambda one: one.last, Kind.MOMENT),
)
_REQUESTS: tuple[Column[RequestView], ...] = (
    Column(
        "number",
        lazy_gettext("Number"),
        lambda one: one.row.number,
        link=lambda one: url_for("console.requests_one", request_id=one.row.id),
    ),
    Column("kind", lazy_gettext("What is asked"), lambda one: request_words.KINDS[CaseType(one.row.case_type)]),
    Column(
        "request_state",
        lazy_gettext("State"),
        lambda one: request_words.STATES[dsar.State(one.row.state)][0],
        order=lambda one: one.row.state,
        sign=lambda one: request_words.STATES[dsar.State(one.row.state)][1],
    ),
    Column("received", lazy_gettext("Received on"), lambda one: one.received_on, Kind.DAY),
    Column("due", lazy_gettext("Due on"), lambda one: one.due_on, Kind.DAY),
)
_ASKED: tuple[Column[Asking], ...] = (
    Column("day", lazy_gettext("Day"), lambda one: date.fromisoformat(one.day), Kind.DAY),
    Column("asker", lazy_gettext("Who asked"), lambda one: one.name),
    Column("asked_for", lazy_gettext("For which purpose"), lambda one: purpose_name(one.purpose)),
    Column("asked_by", lazy_gettext("Channel"), lambda one: channel_name(one.channel or consent.NO_CHANNEL)),
    Column(
        "answered",
        lazy_gettext("Our answer"),
        lambda one: sayings.ALLOWED if one.allowed else sayings.NOT_ALLOWED,
        order=lambda one: one.allowed,
        sign=lambda one: "yes" if one.allowed else "no",
    ),
    Column("times", lazy_gettext("How often"), lambda one: one.times, Kind.NUMBER),
)
