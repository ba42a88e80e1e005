"""A person on one page of the command line: masked contacts, where each came from, choices, acts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.programme.service import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Standing, SubjectView


def one_each(found: Iterable[UUID]) -> list[UUID]:
    """One subject for each person: those who are merged share a page."""
    shown: set[UUID] = set()
    heads = []
    for subject_id in found:
        if subject_id not in shown:
            heads.append(subject_id)
            shown.update(subjects.view(subject_id, realm=OPERATOR.realm.value).members)
    return heads


def page(subject_id: UUID, programme: Programme) -> dict[str, Any]:
    """Everything about a person that the operator may see, as JSON."""
    person, choices = consent.preferences(subject_id, actor=OPERATOR, programme=programme)
    return {
        "subject_ref": subjects.hide_subject(OPERATOR, subject_id),
        "kind": person.kind,
        "merged_with": [subjects.hide_subject(OPERATOR, m) for m in person.members if m != subject_id],
        "age_class": person.age_class,
        "standing": [str(flag.name).lower() for flag in Standing if flag in person.standing],
        **_names(person),
        "preferences": [
            {
                "purpose": choice.purpose.code,
                "channel": choice.channel,
                "allowed": choice.decision.allowed,
                "reason": choice.decision.reason.value,
            }
            for choice in choices
        ],
        "acts": [_act(act) for act in consent.acts_of(person.members)],
    }


def lines(found: dict[str, Any]) -> list[str]:
    """A page for people."""
    shown = [f"{found['subject_ref']}  {found['kind']}  {' '.join(found['standing'])}".rstrip()]
    shown += [f"  {each['type']} from {each['source']}, {each['held_from']}" for each in found["identifiers"]]
    shown += [f"  {c['kind']} {c['masked']} from {c['source']}, {c['held_from']}" for c in found["contacts"]]
    for choice in found["preferences"]:
        answer = "yes" if choice["allowed"] else "no "
        shown.append(f"  {answer} {choice['purpose']} {choice['channel'] or ''}: {choice['reason']}")
    return [*shown, f"  {len(found['acts'])} acts (--json shows them)"]


def _names(person: SubjectView) -> dict[str, Any]:
    return {
        "identifiers": [
            {"type": i.type, "source": i.source, "held_from": _at(i.held_from), "retired_at": _at(i.retired_at)}
            for i in person.identifiers
        ],
        "contacts": [
            {
                "kind": contact.kind,
                "masked": contact.masked,
                "source": contact.source,
                "held_from": _at(contact.held_from),
                "held_until": _at(contact.held_until),
            }
            for contact in person.contacts
        ],
    }


def _act(act: consent.ActView) -> dict[str, Any]:
    return {
        "act": act.act.value,
        "purpose": act.purpose,
        "channel": act.channel,
        "claimed_at": _at(act.claimed_at),
        "received_at": _at(act.received_at),
        "source": act.source[0],
        "no_effect": act.no_effect,
        "annulled": act.annulled,
    }


def _at(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
