"""Requests of a person who has come in to their own pages: asked, seen, answered and taken back without a code.

What proved the person there is the proof here. Such a sitting sees the requests that are surely that person's, and
those that it made itself. Where somebody else has said since who is meant by one, it is seen in the next sitting alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Actor, Realm
from privacy.crypto import blind_index, keyring
from privacy.db import session
from privacy.dsar import cases, deciding, handling, intake, timing, views, workflow
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.letters import Letter, LetterView
from privacy.dsar.deadlines import Deadlines
from privacy.dsar.failures import LetterNotFound, RequestEnded, RequestNotFound, TooManyOwnRequests
from privacy.dsar.identity import quotas, sessions
from privacy.dsar.identity.sessions import Own, OwnView
from privacy.dsar.intake import Received
from privacy.dsar.matter import Correction, Matter, Named
from privacy.dsar.models import DataSubjectRequest, RequestStep
from privacy.dsar.package import packages
from privacy.dsar.package.packages import PackageView
from privacy.dsar.views import RequestView
from privacy.dsar.vocabulary import CaseType, Event, Intake, ProofLevel, Role, State
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

#: In a day, of one person: what anybody needs, and no flood.
MOST_REQUESTS, MOST_MESSAGES = 10, 20
#: As long as what people write in letters.
_LONGEST = 20_000
#: As many as a request may name.
_MOST_NAMED = 20
_REQUEST, _MESSAGE, _NOTE = "own request", "own message", "note"
#: Reasons that are told to the person: what was asked of them, and why it takes longer.
_TOLD = frozenset({Event.ASK_CLARIFICATION.value, "extended"})
#: What a person writes beside their request.
_WRITTEN = frozenset({Event.CLARIFY.value, _NOTE})
_ANEW = (Event.IDENTIFY.value, Event.DOUBT_IDENTITY.value, Event.REOPEN.value)


@dataclass(frozen=True)
class KnownPerson:
    """Who has come in to their own pages, and how."""

    subject_id: UUID
    proof: ProofLevel
    #: When they came in, in microseconds.
    since: int
    #: Whose id is that of the sitting.
    actor: Actor

    @property
    def naming(self) -> Naming:
        """The person, by nothing that anybody claims."""
        return Naming(Realm(self.actor.realm), ref=self.subject_id)


@dataclass(frozen=True)
class OwnAsked:
    """What a person asks for on their pages."""

    case_type: CaseType
    #: The controller's code; None for the first of the programme.
    controller: str | None
    #: BCP 47.
    locale: str
    #: The same for a form that is sent twice: one request comes of it.
    once: str
    words: str | None = field(default=None, repr=False)
    corrections: tuple[Correction, ...] = field(default=(), repr=False)
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnStep:
    """A step of the course, with its words where they are the person's or were told to them."""

    step: RequestStep
    words: str | None = field(repr=False)


@dataclass(frozen=True)
class OwnFile:
    """A request with all that its person sees of it."""

    view: RequestView
    own: OwnView
    times: Deadlines
    steps: Sequence[OwnStep]
    letters: Sequence[LetterView]
    #: Whether the person may take it back now, and whether somebody waits for their answer.
    may_withdraw: bool
    is_asked: bool


def ask(asked: OwnAsked, person: KnownPerson) -> DataSubjectRequest:
    """Open a request of the person in the open unit of work, identified where their proof is enough for it.

    The same form sent again gives the same request. Raises `InvalidInput` naming the field, `TooManyOwnRequests`.
    """
    members = subjects.natural_person(person.subject_id)
    # Whoever sends the form a second time waits here for the first.
    within = quotas.take(_REQUEST, min(members).bytes, most=MOST_REQUESTS)
    told_by = f"own {person.actor.id} {asked.case_type.value} {asked.once}".encode()
    index = blind_index.of_repeat(keyring.installed(), told_by)
    known = session().scalar(sa.select(DataSubjectRequest).where(DataSubjectRequest.mail_bidx == index))
    if known is not None:
        return known
    if not within:
        raise TooManyOwnRequests
    programme = programmes.current()
    proven = person.proof.rank >= programme.request_rule(asked.case_type).proof.rank
    matter = Matter(_named(members, person), words=asked.words, corrections=asked.corrections, purposes=asked.purposes)
    spoken = asked.locale if asked.locale in programme.jurisdiction.locales else None
    received = Received(
        asked.case_type,
        Intake.PORTAL,
        matter,
        locale=spoken,
        controller=asked.controller,
        proof=person.proof if proven else ProofLevel.NONE,
        subject=person.naming if proven else None,
    )
    row = intake.receive(received, actor=person.actor)
    row.mail_bidx = index
    return row


def own_requests(person: KnownPerson) -> list[RequestView]:
    """The person's requests, the newest first."""
    members = subjects.natural_person(person.subject_id)
    here = sa.select(RequestStep.request_id).where(RequestStep.number == 1, RequestStep.actor_id == person.actor.id)
    theirs = sa.or_(DataSubjectRequest.subject_id.in_(sorted(members)), DataSubjectRequest.id.in_(here))
    query = sa.select(DataSubjectRequest).where(theirs, DataSubjectRequest.realm == Realm(person.actor.realm).value)
    newest_first = query.order_by(DataSubjectRequest.received_at.desc(), DataSubjectRequest.id.desc())
    rows = session().scalars(newest_first.execution_options(populate_existing=True))
    return [views.view(row) for row in rows if _is_theirs(row, person, members)]


def own_file(request_id: UUID, person: KnownPerson) -> OwnFile:
    """One request of the person; raises `RequestNotFound`, the same for one that is somebody else's."""
    row = _mine(request_id, person)
    own = sessions.own_view(Own(row.id, person.proof))
    state = State(row.state)
    return OwnFile(
        views.view(row),
        own,
        timing.times_of(row),
        [OwnStep(step, _words(step)) for step in own.steps],
        [one for one in letters.letters_of(row.id) if one.kind.of_the_person and one.kind is not LetterKind.CODE],
        state in workflow.BEFORE_EXECUTION,
        state is State.CLARIFYING,
    )


def own_letter(request_id: UUID, letter_id: UUID, person: KnownPerson) -> Letter:
    """A letter that the person got about a request, opened; raises `RequestNotFound`, `LetterNotFound`."""
    found = letters.letter(_mine(request_id, person).id, letter_id)
    if not found.view.kind.of_the_person or found.view.kind is LetterKind.CODE:
        raise LetterNotFound
    return found


def withdraw_own(request_id: UUID, person: KnownPerson) -> DataSubjectRequest:
    """The person takes a request back before anything is executed, in the open unit of work.

    Raises `RequestNotFound`, `workflow.NotPossible` once it has begun.
    """
    return deciding.withdraw(_mine(request_id, person).id, Role.PERSON, actor=person.actor)


def write_own(request_id: UUID, words: str, person: KnownPerson) -> DataSubjectRequest:
    """The person answers what they were asked, or adds something to an open request, in the open unit of work.

    Raises `RequestNotFound`, `RequestEnded`, `InvalidInput`, `TooManyOwnRequests`.
    """
    row = _mine(request_id, person)
    if State(row.state).ended:
        raise RequestEnded
    if not words.strip() or len(words) > _LONGEST:
        raise InvalidInput.of("words", "Write what you want to tell us.")
    if not quotas.take(_MESSAGE, row.id.bytes, most=MOST_MESSAGES):
        raise TooManyOwnRequests
    if row.state == State.CLARIFYING:
        return handling.move(row.id, Event.CLARIFY, actor=person.actor, reason=words)
    return handling.note(row.id, actor=person.actor, reason=words)


def fetch_own(request_id: UUID, person: KnownPerson) -> tuple[PackageView, Iterator[bytes]]:
    """Count one download of the package in the open unit of work; its archive is read after that, part by part.

    Raises `RequestNotFound`, and what `sessions.begin_fetch` raises.
    """
    fetched = sessions.begin_fetch(Own(_mine(request_id, person).id, person.proof))
    return fetched, packages.parts(fetched.id)


def _mine(request_id: UUID, person: KnownPerson) -> DataSubjectRequest:
    row = cases.read(request_id)
    if not _is_theirs(row, person, subjects.natural_person(person.subject_id)):
        raise RequestNotFound
    return row


def _is_theirs(row: DataSubjectRequest, person: KnownPerson, members: frozenset[UUID]) -> bool:
    if row.realm != Realm(person.actor.realm).value or not CaseType(row.case_type).of_a_person:
        return False
    steps = cases.steps_of(row.id)
    made_here = row.subject_id is None and steps[0].actor_id == person.actor.id
    if row.subject_id not in members and not made_here:
        return False
    return not any(
        step.event in _ANEW and step.at > person.since and step.actor_id != person.actor.id for step in steps
    )


def _words(step: RequestStep) -> str | None:
    of_the_person = step.event in _WRITTEN and step.role == Role.PERSON
    return cases.reason_of(step) if of_the_person or step.event in _TOLD else None


def _named(members: frozenset[UUID], person: KnownPerson) -> tuple[Named, ...]:
    """The identifiers of the person on file; what others hold too names nobody."""
    programme, realm = programmes.current(), Realm(person.actor.realm)
    named = [
        Named(one.type, one.value)
        for one in subjects.own_identifiers(members)
        if one.retired_at is None and one.type in programme.identifier_types
    ]
    for contact in subjects.own_contacts(members, programme=programme, realm=realm):
        if contact.name.kind is not ContactKind.POSTAL_ADDRESS and not (contact.shared or contact.reassigned):
            named.append(Named(contact.name.kind.value, contact.name.normal.given))
    return tuple(named[:_MOST_NAMED])
