"""All that is recorded about one person: the acts, the events that commit to them, and their proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import Mention
from privacy.authz.actors import Actor
from privacy.consent import service as consent
from privacy.consent.service import CommittedAct
from privacy.db import end_read
from privacy.errors import NotFound, VerificationError
from privacy.evidence.archive import Proven
from privacy.evidence.failures import PersonChanges, SeveralPeople
from privacy.evidence.published import proven_events
from privacy.programme.service import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

#: How often the records are read again when somebody changed them meanwhile.
_ATTEMPTS = 5


@dataclass(frozen=True)
class Account:
    """What stands about a person, each part proven to one checkpoint as far as it can be read."""

    #: The data subjects that are this one person, the one asked for first.
    members: tuple[UUID, ...]
    #: Whether the person's records are there; False for one who was erased.
    known: bool
    #: In the order of receipt.
    acts: Sequence[CommittedAct]
    mentions: Sequence[Mention]
    #: Event evidence (docs/evidence.md), in the order of the log.
    events: Sequence[Mapping[str, Any]]
    proven: Proven
    #: What became of an act (`consent.Effect`), by its id; missing where it can't be judged any more.
    effects: Mapping[UUID, Sequence[str]]
    #: The name of the log.
    origin: str
    #: When it was read, in microseconds.
    at: int

    @cached_property
    def committing(self) -> Mapping[str, Mapping[str, Any]]:
        """The last event about each act whose body can be read, by the act's id."""
        bodies = (event for event in self.events if "body" in event)
        return {
            event["body"]["object"]["id"]: event
            for event in bodies
            if event["body"]["object"]["type"] == consent.ACT_OBJECT
        }

    @cached_property
    def objects(self) -> Sequence[Mapping[str, Any]]:
        """Each act's content as its last event must have committed to it, or null where it is gone.

        An act stands here although no event speaks of it: whoever verifies shall see that. It is left out where there
        is an event whose key was destroyed: then nothing proves or disproves what the row says.
        """
        mentioned = {mention.object_id: None for mention in self.mentions if mention.object_type == consent.ACT_OBJECT}
        standing = {str(act.id): act.content for act in self.acts}
        return [
            {"object": {"type": consent.ACT_OBJECT, "id": act_id}, "content": standing.get(act_id)}
            for act_id in {**standing, **mentioned}
            if act_id not in standing or act_id in self.committing or act_id not in mentioned
        ]

    @cached_property
    def unreadable(self) -> int:
        """How many events have lost their body."""
        return sum("body" not in event for event in self.events)


def read_account(naming: Naming, *, actor: Actor, programme: Programme, seconds: float) -> Account:
    """Read what stands about the person that is named; waits up to `seconds` for the newest event to be published.

    Raises `NotFound`, `SeveralPeople`, `NotPublishedYet`, `PersonChanges`. Not inside a unit of work.
    """
    members, known = _members(naming)
    acts, mentions = _records(members)
    if not known and not mentions:
        raise NotFound("There is no such person.")
    published, events = proven_events([mention.event_id for mention in mentions], seconds)
    proven = Proven(published, audit.endorsements(published.size))
    effects = _effects(naming, members, actor, programme) if known else {}
    account = Account(members, known, acts, mentions, events, proven, effects, audit.origin(), clock.micros())
    end_read()
    return account


def _members(naming: Naming) -> tuple[tuple[UUID, ...], bool]:
    """Everybody who is one with the person named, and whether the records are there."""
    realm = naming.realm.value
    try:
        found = subjects.find(naming)
    except NotFound:
        # Who was erased is found by the reference that was given out before, and by nothing else.
        if naming.ref is None or len(naming.accounts) or naming.contacts:
            raise
        return (naming.ref,), False
    members = subjects.one_with(found[0], realm=realm)
    if not set(found) <= set(members):
        raise SeveralPeople.of("subject", "That names several people. Name one of them by `ref`.")
    return (found[0], *(member for member in members if member != found[0])), True


def _records(members: Sequence[UUID]) -> tuple[list[CommittedAct], list[Mention]]:
    """The acts and the events about them, as they stood at one moment."""
    for _ in range(_ATTEMPTS):
        acts = consent.committed_acts(members)
        objects = [(act.subject_id, str(act.id)) for act in acts]
        mentions = audit.mentions_of(members, objects)
        end_read()
        if [act.content for act in consent.committed_acts(members)] == [act.content for act in acts]:
            return acts, mentions
    raise PersonChanges


def _effects(naming: Naming, members: Sequence[UUID], actor: Actor, programme: Programme) -> dict[UUID, Sequence[str]]:
    """What became of each act, where everything that decides it can be read."""
    asked = Naming(naming.realm, ref=members[0])
    try:
        explanation = consent.explain(asked, actor=actor, programme=programme, scope=consent.Scope())
    except (NotFound, VerificationError, ValueError):
        # Contacts can't be read without their key, nor rows that were altered into nonsense: effects are left out.
        return {}
    return {
        act.view.id: sorted({verdict.effect.value for _, verdict in act.verdicts})
        for person in explanation.people
        if person.view.id in members
        for act in person.acts
    }
