"""Looking for one customer: by an identifier, for a reason, written in the log, and good for half an hour."""

from __future__ import annotations

import hmac
from enum import StrEnum
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import blind_index, keyring
from privacy.db import new_id
from privacy.errors import NotPermitted
from privacy.pages import cookies
from privacy.programme.types import Programme
from privacy.subjects import service as subjects

#: What opens one customer's page, in the browser of whoever looked.
COOKIE = "counter"
GOOD_FOR = 30 * clock.MINUTE


class LookFor(StrEnum):
    """Why somebody looks for a customer."""

    AT_THE_COUNTER = "at_the_counter"
    ON_THE_PHONE = "on_the_phone"
    WROTE_TO_US = "wrote_to_us"
    COMPLAINT = "complaint"


class NotLookedFor(NotPermitted):
    """Look for the customer first, and say why."""

    code = "not-looked-for"


def look_for(programme: Programme, actor: Actor, kind: str, value: str, reason: LookFor) -> list[UUID]:
    """A subject of each person whom the identifier may mean, in the open unit of work; the log says who looked and why.

    Raises `BadIdentifier` or `InvalidInput`.
    """
    naming = subjects.name_of(programme, actor, {kind: value}, place="value")
    people: dict[frozenset[UUID], UUID] = {}
    for subject_id in subjects.find_ids(naming):
        members = frozenset(subjects.view(subject_id, realm=actor.realm.value).members)
        people.setdefault(members, subject_id)
    found = _accounts(list(people.values()), actor) or list(people.values())
    asked: list[UUID | None] = [*found] or [None]
    for one in asked:
        content = {"by": kind, "reason": reason.value, "found": len(found)}
        audit.record(
            "customer.looked_for",
            actor=actor,
            object_type="customer_search",
            object_id=new_id(),
            subject_id=one,
            content=content,
            details=content,
        )
    return found


def admit(actor: Actor, subject_id: UUID) -> str:
    """Open the page of a customer to whoever looked for her; returns her reference, which is this member's own."""
    reference = subjects.hide_subject(actor, subject_id)
    until = clock.micros() + GOOD_FOR
    cookies.put(COOKIE, f"{until}.{_mac(actor, reference, until)}", strict=True)
    return reference


def admitted(actor: Actor, reference: UUID) -> UUID:
    """The customer behind a reference; raises `NotLookedFor` unless this member looked for her lately."""
    until, _, mac = (cookies.read(COOKIE) or "").partition(".")
    good = until.isascii() and until.isdigit() and int(until) > clock.micros()
    if not good or not hmac.compare_digest(mac.encode(), _mac(actor, str(reference), int(until)).encode()):
        raise NotLookedFor
    return subjects.reveal_subject(actor, str(reference))


def _accounts(found: list[UUID], actor: Actor) -> list[UUID]:
    """Those with an account: who is known by the contact alone is not another person than the one who holds it."""
    views = [subjects.view(one, realm=actor.realm.value) for one in found]
    return [view.id for view in views if view.identifiers]


def _mac(actor: Actor, reference: str, until: int) -> str:
    text = f"counter {actor.id} {reference} {until}"
    return blind_index.of_repeat(keyring.installed(), text.encode()).hex()
