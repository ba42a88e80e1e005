"""What each room deletes when a person is erased, upper rooms first; and what is not deleted, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import service as consent
from privacy.erasure import terms
from privacy.erasure.terms import Eraser
from privacy.outbox import service as outbox
from privacy.programme.types import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import LockedPerson

#: Tables that each eraser empties of a person.
COVERED: Mapping[str, frozenset[str]] = {
    "consent": frozenset(
        {
            *("consent_act", "consent_act_also", "consent_fact", "confirmation", "network_evidence"),
            *("asked_count", "asked_list", "consent_expired"),
        }
    ),
    "outbox": frozenset({"outbox_message"}),
    "audit": frozenset({"audit_body"}),
    "subjects": frozenset(
        {
            *("data_subject", "account_identifier", "subject_contact", "subject_contact_past"),
            *("identity_claim", "subject_merge", "subject_standing", "contact_preference", "owner_key"),
        }
    ),
}


def erasers(person: LockedPerson, erasure_id: UUID, *, actor: Actor, programme: Programme) -> tuple[Eraser, ...]:
    """The erasers for one person, in the order in which they run: what refers to something goes before it."""
    merges = subjects.merges_of(person.subject_ids)

    def of_log(_: object) -> Mapping[str, int]:
        events = audit.bodies_about(sorted(person.subject_ids), [("merge", str(merge)) for merge in merges])
        return {"audit_body": audit.delete_bodies(events, actor=actor, why=f"erasure {erasure_id}")}

    return (
        *terms.upper_erasers(),
        # Who is one person with whom, before anything is folded anew.
        Eraser("subjects", lambda _: subjects.part_with(person, programme)),
        Eraser("consent", lambda ids: consent.delete_people(ids, touched=person.touched, actor=actor)),
        Eraser("outbox", lambda ids: {"outbox_message": outbox.forget_people(ids)}),
        Eraser("audit", of_log),
        Eraser("subjects", subjects.delete_people),
    )
