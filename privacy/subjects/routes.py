"""People over HTTP (design, section 9). Lookups are POSTs: no identifier is ever in an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import marshmallow
from flask import current_app

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.claims import read_claim
from privacy.crypto import keyring, tokens
from privacy.db import Driver, session
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes
from privacy.programme import service as programmes
from privacy.subjects import service
from privacy.subjects.schemas import (
    ChangeIn,
    ClaimOut,
    ContactOut,
    ContactPreferencesIn,
    ContactPreferencesOut,
    DisagreementsOut,
    DisputeOut,
    IdentifierOut,
    LookupIn,
    MemberOut,
    SharedContactOut,
    SubjectIn,
    SubjectOut,
    SubjectView,
)
from privacy.subjects.service import ContactPreferences, Dispute, Naming, Standing

#: Where the application keeps what counts the acts that wait for a review: acts are a higher room's.
ACTS_WAITING = "privacy_acts_waiting"

people = Blueprint("subjects", __name__, url_prefix="/api/v1/subjects", description="People, identifiers, contacts.")


@people.put("")
@require(Permission.SUBJECTS_WRITE)
@people.body(SubjectIn)
@writes
@people.answers(200, SubjectOut)
@people.problems(404)
def put_subject(body: SubjectIn) -> SubjectOut:
    """Create or update a person without an act."""
    actor, programme = current_actor(), programmes.current()
    standing = {
        flag: holds
        for flag, holds in (
            (Standing.DECEASED, body.deceased),
            (Standing.RESTRICTED, body.restricted),
            (Standing.ERASURE_PENDING, body.erasure_pending),
        )
        if holds is not None
    }
    subject_id, version = service.put_subject(
        service.name_of(programme, actor, body.subject),
        actor=actor,
        programme=programme,
        source=body.source or actor.name,
        held_from=_since(body.held_from),
        age_class=body.age_class,
        standing=standing,
    )
    return _out(subject_id, version)


@people.post("/lookup")
@require(Permission.SUBJECTS_READ)
@people.body(LookupIn)
@people.answers(200, SubjectView)
@people.problems(404)
def lookup(body: LookupIn) -> SubjectView:
    """Find a person by any identifier; the answer shows contacts masked and no account identifier."""
    actor = current_actor()
    found = service.find(service.name_of(programmes.current(), actor, body.subject))
    view = service.view(found[0], realm=actor.realm.value)
    driver = Driver.of(session())
    return SubjectView(
        subject_ref=service.hide_subject(actor, view.id),
        kind=view.kind,
        age_class=view.age_class,
        standing=[(flag.name or "").lower() for flag in Standing if flag in view.standing],
        identifiers=[
            IdentifierOut(i.type, i.source, clock.isoformat(i.held_from), _time(i.retired_at)) for i in view.identifiers
        ],
        contacts=[
            ContactOut(service.masked_value(driver, c.id), c.source, clock.isoformat(c.held_from), _time(c.held_until))
            for c in view.contacts
        ],
        token=_token(view.id, view.version),
    )


@people.get("/<uuid:subject_ref>/contact-preferences")
@require(Permission.CONSENTS_READ)
@people.answers(200, ContactPreferencesOut)
def contact_preferences(subject_ref: UUID) -> ContactPreferencesOut:
    """By which channel, about what and how often a person likes to hear. It decides nothing: ask the check."""
    return _wished(service.contact_preferences(_known(subject_ref), programme=programmes.current()))


@people.put("/<uuid:subject_ref>/contact-preferences")
@require(Permission.CONSENTS_WRITE)
@people.body(ContactPreferencesIn)
@writes
@people.answers(200, ContactPreferencesOut)
def set_contact_preferences(body: ContactPreferencesIn, subject_ref: UUID) -> ContactPreferencesOut:
    """Set what a person wishes, in place of what was wished before. It records no act and gives no consent."""
    actor = current_actor()
    wished = ContactPreferences(body.channel, tuple(body.topics), body.frequency)
    return _wished(
        service.set_contact_preferences(
            _known(subject_ref),
            wished,
            actor=actor,
            programme=programmes.current(),
            source=body.source or actor.name,
        )
    )


@people.put_or_post("/<uuid:subject_ref>/identifiers")
@require(Permission.SUBJECTS_WRITE)
@people.body(ChangeIn)
@writes
@people.answers(200, SubjectOut)
def identifiers(body: ChangeIn, subject_ref: UUID) -> SubjectOut:
    """Add, replace or retire a person's account identifiers. Retiring one ends a disagreement about who holds it."""
    actor, programme = current_actor(), programmes.current()
    subject_id = _known(subject_ref)
    _ensure_of(body, list(programme.identifier_types))
    if body.retire:
        if body.reason is None:
            raise InvalidInput.of("reason", "Say why the identifier is taken away.")
        members = set(service.view(subject_id, realm=actor.realm.value).members)
        found = service.find_ids(service.name_of(programme, actor, body.retire, place="retire"))
        # Whether anybody else has it is not for this answer to tell.
        if len(found) < len(body.retire) or not members.issuperset(found):
            raise InvalidInput.of("retire", "The person does not have this identifier.")
        for retired in found:
            service.retire_identifier(retired, actor=actor, programme=programme, reason=body.reason)
    return _add(body, subject_id)


@people.put_or_post("/<uuid:subject_ref>/contacts")
@require(Permission.SUBJECTS_WRITE)
@people.body(ChangeIn)
@writes
@people.answers(200, SubjectOut)
def contacts(body: ChangeIn, subject_ref: UUID) -> SubjectOut:
    """Add, replace or retire a person's contacts. What was refused on a retired contact stays refused."""
    actor, programme = current_actor(), programmes.current()
    subject_id = _known(subject_ref)
    _ensure_of(body, [kind.value for kind in programme.contact_kinds])
    if body.retire:
        naming = service.name_of(programme, actor, body.retire, place="retire")
        service.keep_placed(Driver.of(session()))
        for contact in naming.contacts.values():
            service.retire_contact(subject_id, contact.kind, contact.index, actor=actor, at=clock.micros())
    return _add(body, subject_id)


class _Count(marshmallow.fields.Integer):
    """Digits and nothing else: Python reads more as a number than anybody means (`1_0`, ` 7`)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (str(value).isascii() and str(value).isdigit()):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class PageOf(marshmallow.Schema):
    """Which page of the review list."""

    after = marshmallow.fields.String(
        validate=marshmallow.validate.Length(1, 200), metadata={"description": "What the page before gave as `next`."}
    )
    limit = _Count(
        load_default=50,
        validate=marshmallow.validate.Range(1, service.MOST_ON_A_PAGE),
        metadata={"description": "At most so many entries; a page may hold fewer and not be the last."},
    )


@people.get("/disagreements")
@require(Permission.SUBJECTS_MERGE)
@people.arguments(PageOf, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@people.answers(200, DisagreementsOut)
def disagreements(page: dict[str, Any]) -> DisagreementsOut:
    """The review list: identifiers that cannot all be one person's, and contacts that several people hold.

    Nothing is widened meanwhile. Retire the identifier that is wrong, merge the people where they are one, or leave it.
    """
    actor = current_actor()
    after = service.reveal_place(actor, page["after"]) if "after" in page else None
    found = service.disagreements(actor.realm.value, programme=programmes.current(), after=after, limit=page["limit"])
    return DisagreementsOut(
        disputes=[_dispute(dispute) for dispute in found.disputes],
        shared_contacts=[
            SharedContactOut({c.kind: c.masked}, c.people, list(c.sources), clock.isoformat(c.since))
            for c in found.shared
        ],
        next=service.hide_place(actor, found.ends) if found.ends else None,
    )


def _dispute(dispute: Dispute) -> DisputeOut:
    actor = current_actor()
    waiting = current_app.extensions[ACTS_WAITING]
    return DisputeOut(
        since=clock.isoformat(dispute.since),
        members=[
            MemberOut(
                service.hide_subject(actor, m.subject_id),
                m.identifier,
                m.source,
                clock.isoformat(m.held_from),
                _time(m.retired_at),
                m.contested,
            )
            for m in dispute.members
        ],
        claims=[
            ClaimOut(
                service.hide_subject(actor, c.a),
                service.hide_subject(actor, c.b),
                c.source,
                clock.isoformat(c.claimed_at),
                clock.isoformat(c.recorded_at),
            )
            for c in dispute.claims
        ],
        acts_waiting=waiting({m.subject_id for m in dispute.members}),
    )


def _ensure_of(body: ChangeIn, known: Sequence[str]) -> None:
    """Raise `InvalidInput` where something else than what this address is about is to be added or retired."""
    for place, values in (("add", body.add), ("retire", body.retire)):
        if values and not set(values) <= set(known):
            raise InvalidInput.of(place, f"Here these may be named: {', '.join(known)}.")


def _add(body: ChangeIn, subject_id: UUID) -> SubjectOut:
    actor, programme = current_actor(), programmes.current()
    if not body.add and not body.retire:
        raise InvalidInput.of("add", "Name what to add or what to retire.")
    naming = service.name_of(programme, actor, body.add, place="add") if body.add else Naming(actor.realm)
    _, version = service.put_subject(
        Naming(actor.realm, naming.accounts, naming.contacts, subject_id),
        actor=actor,
        programme=programme,
        source=body.source or actor.name,
        held_from=_since(body.held_from),
    )
    return _out(subject_id, version)


def _known(subject_ref: UUID) -> UUID:
    actor = current_actor()
    subject_id = service.reveal_subject(actor, str(subject_ref))
    service.view(subject_id, realm=actor.realm.value)
    return subject_id


def _wished(found: ContactPreferences) -> ContactPreferencesOut:
    return ContactPreferencesOut(found.channel, list(found.topics), found.frequency, _time(found.set_at))


def _since(text: str | None) -> int | None:
    return read_claim(text, programmes.current().zone, "held_from").start if text else None


def _out(subject_id: UUID, version: int) -> SubjectOut:
    return SubjectOut(service.hide_subject(current_actor(), subject_id), _token(subject_id, version))


def _token(subject_id: UUID, version: int) -> str:
    return tokens.issue(keyring.installed(), current_actor().id, subject_id, version, clock.micros())


def _time(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
