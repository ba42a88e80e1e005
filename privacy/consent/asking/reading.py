"""Who asked about a person: for the person itself (Art. 15(1)(c)), and for whoever answers its questions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import Actor
from privacy.consent.acts import NO_CHANNEL
from privacy.consent.asking import storing
from privacy.subjects import service as subjects


@dataclass(frozen=True)
class Asking:
    """What one client asked about a person on one day, how often, and with what answer."""

    #: ISO 8601, the day in UTC.
    day: str
    asked_by: UUID
    #: What the operator calls the client or the member of staff.
    name: str
    purpose: str
    channel: str | None
    allowed: bool
    times: int


def who_asked(subject_id: UUID, *, actor: Actor) -> list[Asking]:
    """Every question about a person in the last 12 months, newest day first; raises `NotFound`.

    Questions about everybody who is one with the subject now. The last few seconds may be missing.
    """
    person = subjects.view(subject_id, realm=actor.realm.value)
    found = storing.asked_about(person.members)
    askers = access.principals({question.asked_by for question, _ in found})
    return [
        Asking(
            day=clock.from_micros(question.day * clock.DAY).date().isoformat(),
            asked_by=question.asked_by,
            name=askers[question.asked_by].name,
            purpose=question.purpose,
            channel=None if question.channel == NO_CHANNEL else question.channel,
            allowed=allowed,
            times=found[question, allowed],
        )
        for question, allowed in sorted(found, key=lambda key: (-key[0].day, key))
    ]
