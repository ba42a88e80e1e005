"""The review list on the command line: disputes, and contacts that several people hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import session
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import Dispute, Place, SharedContact

_DISPUTE = "Retire the identifier that was claimed wrongly (PUT /api/v1/subjects/{ref}/identifiers), or leave it."
_SHARED = "Retire the contact where it is not theirs, `privacy subject merge` where they are one, or leave it."


def page(limit: int) -> dict[str, Any]:
    """As much of the list as asked for, read page by page so that no writer waits."""
    disputes: list[dict[str, Any]] = []
    shared: list[dict[str, Any]] = []
    after: Place | None = None
    realm, programme = OPERATOR.realm.value, programmes.current()
    while (left := limit - len(disputes) - len(shared)) > 0:
        found = subjects.disagreements(realm, programme=programme, after=after, limit=left)
        disputes += [_dispute(each) for each in found.disputes]
        shared += [_shared(each) for each in found.shared]
        session().close()
        after = found.ends
        if after is None:
            break
    return {"disputes": disputes, "shared_contacts": shared, "more": after is not None}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The list for people, with what may be done."""
    for dispute in found["disputes"]:
        yield f"In dispute since {dispute['since']}; {dispute['acts_waiting']} acts wait for it:"
        for each in dispute["members"]:
            mark = "*" if each["contested"] else " "
            yield f"  {mark} {each['subject_ref']}  {each['identifier']} from {each['source']}, {each['held_from']}"
        yield f"  A person has one of those marked. {_DISPUTE}"
    for each in found["shared_contacts"]:
        contact = " ".join(f"{kind} {masked}" for kind, masked in each["contact"].items())
        yield f"{contact} is held by {each['people']} people since {each['since']}; from {', '.join(each['sources'])}"
    if found["shared_contacts"]:
        yield f"  {_SHARED}"
    if not found["disputes"] and not found["shared_contacts"]:
        yield "Nothing to review."
    elif found["more"]:
        yield "There are more: --limit shows them."


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "since": clock.isoformat(dispute.since),
        "acts_waiting": consent.acts_waiting({member.subject_id for member in dispute.members}),
        "members": [
            {
                "subject_ref": subjects.hide_subject(OPERATOR, member.subject_id),
                "identifier": member.identifier,
                "source": member.source,
                "held_from": clock.isoformat(member.held_from),
                "contested": member.contested,
            }
            for member in dispute.members
        ],
        "claims": [
            {
                "subject_ref": subjects.hide_subject(OPERATOR, claim.a),
                "other_ref": subjects.hide_subject(OPERATOR, claim.b),
                "source": claim.source,
                "claimed_at": clock.isoformat(claim.claimed_at),
            }
            for claim in dispute.claims
        ],
    }


def _shared(contact: SharedContact) -> dict[str, Any]:
    return {
        "contact": {contact.kind: contact.masked},
        "people": contact.people,
        "sources": list(contact.sources),
        "since": clock.isoformat(contact.since),
    }
