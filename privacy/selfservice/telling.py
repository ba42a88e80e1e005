"""The letter that says that somebody else changed a person's choices: to contacts that were theirs before it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

from privacy import clock
from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.consent.service import Place
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.selfservice import audited, changes
from privacy.selfservice.holders import held_by
from privacy.selfservice.models import ChangeByOther
from privacy.subjects import service as subjects
from privacy.subjects.service import Standing

_TEMPLATE = "choices_changed"
#: After so long the letter is worth nothing any more: what changed stands on the person's page.
_GOOD_FOR = 3 * clock.DAY
_AT_ONCE = 50


def tell_of_changes(now: int, *, base_url: str, actor: Actor) -> int:
    """Write the letters that are due, for some people, in the open unit of work; returns for how many people.

    Each goes to every e-mail address that was the person's alone before the first of these changes, the one that it
    replaced days ago included: whoever has the address changed first has the old one told. Where none is theirs alone,
    to the one that is longest known: once, for all of those people. One letter a day at most.
    """
    told = 0
    shared: set[str] = set()
    for rows in changes.waiting(now, _AT_ONCE):
        if not subjects.one_with(rows[0].subject_id, realm=Realm.LIVE.value):
            # Noted just as the person was erased: nobody is told, and the log has no key to write of them.
            changes.delete_changes(rows, actor=actor)
            continue
        first = min(row.received_at for row in rows)
        places = _places(rows[0].subject_id, first, shared)
        for number, place in enumerate(places):
            _write(rows, place, number, now, base_url)
        for row in rows:
            row.told_at = now
        audited.of_changes("told", rows[0].subject_id, actor, len(rows), letters=len(places))
        told += 1
    return told


def _places(subject_id: UUID, at: int, shared: set[str]) -> Sequence[Place]:
    """Where to write. `shared`: mailboxes of several people that a letter goes to already, added to."""
    if subjects.view(subject_id, realm=Realm.LIVE.value).standing & Standing.DECEASED:
        return ()
    reached = consent.reach_of(subjects.natural_person(subject_id), realm=Realm.LIVE, at=at)
    mails = [one for one in reached if one.kind is ContactKind.EMAIL]
    alone = [one for one in mails if _is_of_one(one, at)]
    if alone or not mails or mails[0].value.lower() in shared:
        return alone
    shared.add(mails[0].value.lower())
    return mails[:1]


def _is_of_one(place: Place, at: int) -> bool:
    name = subjects.contact_name(programmes.current(), Realm.LIVE, place.kind, place.value)
    held = held_by(name, at)
    # One that is nobody's any more was the person's until some days ago.
    return held is None or held.subject_id is not None


def _write(rows: Sequence[ChangeByOther], place: Place, number: int, now: int, base_url: str) -> None:
    programme, subject_id = programmes.current(), rows[0].subject_id
    members = subjects.natural_person(subject_id)
    controller = next(iter(programme.controllers.values()))
    values = {
        "CONTACT": _contact(programme),
        "CONTROLLER": controller.name,
        "LINK": f"{base_url}/portal/",
    }
    locale = consent.locale_of(members) or programme.jurisdiction.locales[0]
    outbox.enqueue(
        outbox.Message(_TEMPLATE, locale, values),
        key=load_owner_key(session(), keyring.installed(), subject_id),
        to=place.value,
        # A letter for each address, and the same one again for none of them.
        cause=uuid5(rows[0].id, str(number)),
        not_after=now + _GOOD_FOR,
        realm=Realm.LIVE,
        subject_id=subject_id,
    )


def _contact(programme: Programme) -> str:
    controller, dpo = next(iter(programme.controllers.values())), programme.dpo
    mail = dpo.email if dpo is not None and controller.code in dpo.controllers else controller.email
    return f"{mail}, {controller.phone}" if controller.phone else mail
