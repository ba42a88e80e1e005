"""Which natural person a name means, where somebody is about to do what concerns one person alone."""

from __future__ import annotations

from uuid import UUID

from privacy.authz.actors import Actor
from privacy.erasure.failures import SeveralPeople
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming


def the_one(named: Naming, *, actor: Actor) -> UUID:
    """The only natural person whom a name may mean. Raises `NotFound`, and `SeveralPeople` with their references."""
    found = subjects.find(named)
    people = {subjects.natural_person(subject_id): subject_id for subject_id in found}
    whole = [one for one in people if not any(one < other for other in people)]
    if len(whole) > 1:
        refs = ", ".join(subjects.hide_subject(actor, people[one]) for one in whole)
        raise SeveralPeople(f"{len(whole)} people are known by this; name the one who is meant by reference: {refs}.")
    return people[whole[0]]
