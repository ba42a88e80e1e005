"""A request comes in, by whichever way (Art. 12(2); EDPB 01/2022, 52 to 57). No form is demanded.

Whether the person is known is not looked up here, so that the answer, its time and what is sent are the same for
whoever asks. The only thing that happens to anybody at receipt is an objection to direct marketing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.dsar import cases, deciding, objecting
from privacy.dsar.cases import Opening
from privacy.dsar.correspondence import receipts
from privacy.dsar.identity import identifying
from privacy.dsar.matter import Agent, Matter
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Intake, ProofLevel, Role, State
from privacy.errors import InvalidInput
from privacy.legal_time.periods import Period
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.subjects.service import Naming

#: What people write in letters, and no more than that.
_LONGEST = {"words": 20_000, "name": 300, "authority": 300, "reference": 200, "legal_basis": 500}
_LONGEST_LINE = 200
_MOST_LINES = 8
_MOST_NAMED = 20
_MOST_CORRECTIONS = 50
#: An agent of the Data Rights Protocol has its mandate checked like any other.
_BY_AGENTS = frozenset({Intake.AGENT, Intake.DRP})
#: Clocks of others may be a little ahead.
_TOLERANCE = 300 * clock.SECOND


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    case_type: CaseType
    intake: Intake
    matter: Matter = field(repr=False)
    #: BCP 47; None for the first language of the programme.
    locale: str | None = None
    #: The controller's code; None for the first of the programme.
    controller: str | None = None
    #: When it reached the controller by an official way, in microseconds; None for now.
    received_at: int | None = None
    #: Where whoever asks was signed in, or proved a contact: how, and who that is.
    proof: ProofLevel = ProofLevel.NONE
    subject: Naming | None = None
    #: What an authority's own letter sets: a day, or a period from its receipt.
    set_term: date | Period | None = None


def receive(given: Received, *, actor: Actor) -> DataSubjectRequest:
    """Open the case of a request in the open unit of work. Raises `InvalidInput` naming the field, `NotPermitted`."""
    actor.require(Permission.REQUESTS_WRITE)
    programme, now = programmes.current(), clock.micros()
    _check(given, now, programme)
    matter = given.matter
    identifying.namings(matter.named, actor, actor.realm)
    row = cases.open_case(
        Opening(
            given.case_type,
            given.intake,
            matter,
            given.locale or programme.jurisdiction.locales[0],
            given.controller or next(iter(programme.controllers)),
            given.received_at or now,
            actor.realm,
            given.set_term,
        ),
        actor=actor,
    )
    if given.case_type is CaseType.OBJECTION:
        objecting.object_to_marketing(row, matter, actor=actor)
    if given.proof is not ProofLevel.NONE:
        actor.require(Permission.REQUESTS_IDENTIFY)
        identifying.identify(row, given.proof, cases.role_of(actor), actor=actor, subject=given.subject)
    if given.case_type.of_a_person and actor.kind is not ActorKind.CLIENT:
        receipts.write(row)  # A machine's is left to a job: the time of its answer tells of nobody.
    if given.case_type is CaseType.OBJECTION and cases.rule_of(row).proof is ProofLevel.NONE:
        _go_on(row, matter)
    return row


def _go_on(row: DataSubjectRequest, matter: Matter) -> None:
    """An objection that needs no proof goes on by itself; what has to be weighed waits for a person (Art. 21(1))."""
    if row.state == State.RECEIVED:
        identifying.take_at_its_word(row, Role.SERVICE, actor=SERVICE)
    if row.state == State.ASSESSING and not objecting.is_weighed(matter):
        deciding.grant_unweighed(row, actor=SERVICE)


def _check(given: Received, now: int, programme: Programme) -> None:
    matter = given.matter
    _check_where(given, now, programme)
    _check_lengths(matter)
    if given.case_type.of_a_person:
        if not (matter.named or matter.address or matter.name):
            raise InvalidInput.of("subject", "Say whose data are meant: by an identifier, or by name and address.")
    elif not (matter.authority and matter.reference):
        raise InvalidInput.of("authority", "Say who asks, and by which reference.")
    if given.case_type.of_a_person and given.set_term is not None:
        raise InvalidInput.of("term", "The law sets the time of a person's request.")
    if given.case_type is CaseType.DISCLOSURE and not matter.legal_basis:
        raise InvalidInput.of("legal_basis", "Say on which legal basis the disclosure is asked for.")
    if given.case_type is CaseType.RECTIFICATION and not (matter.corrections or matter.words):
        raise InvalidInput.of("corrections", "Say what is to be corrected.")
    if (given.intake in _BY_AGENTS) != (matter.agent is not None):
        raise InvalidInput.of("agent", "A request by a representative names the agent and the mandate; no other does.")
    if matter.agent is not None:
        _check_agent(matter.agent, given.proof)
    if set(matter.purposes) - programme.purposes.keys():
        raise InvalidInput.of("purposes", "Name purposes of the programme by their codes.")


def _check_where(given: Received, now: int, programme: Programme) -> None:
    if given.controller is not None and given.controller not in programme.controllers:
        raise InvalidInput.of("controller", f"Use one of: {', '.join(programme.controllers)}.")
    if given.locale is not None and given.locale not in programme.jurisdiction.locales:
        raise InvalidInput.of("locale", f"Use one of: {', '.join(programme.jurisdiction.locales)}.")
    if given.received_at is not None and not 0 < given.received_at <= now + _TOLERANCE:
        raise InvalidInput.of("received_at", "A request is received before it is recorded.")


def _check_lengths(matter: Matter) -> None:
    for name, longest in _LONGEST.items():
        if len(getattr(matter, name) or "") > longest:
            raise InvalidInput.of(name, f"At most {longest} characters.")
    for name in ("name", "authority", "reference", "legal_basis"):
        if not (getattr(matter, name) or "").isprintable():
            raise InvalidInput.of(name, "One line, without control characters.")
    if len(matter.address) > _MOST_LINES or not all(_is_line(line) for line in matter.address):
        raise InvalidInput.of("address", f"At most {_MOST_LINES} lines of up to {_LONGEST_LINE} characters.")
    if len(matter.named) > _MOST_NAMED:
        raise InvalidInput.of("subject", f"At most {_MOST_NAMED} identifiers in one request.")
    if len(matter.corrections) > _MOST_CORRECTIONS:
        raise InvalidInput.of("corrections", f"At most {_MOST_CORRECTIONS} corrections in one request.")


def _is_line(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_LINE and text.isprintable()


def _check_agent(agent: Agent, proof: ProofLevel) -> None:
    if proof is not ProofLevel.NONE:
        raise InvalidInput.of("proof", "An agent proves a mandate; the person proves who they are themselves.")
    if not all(_is_line(text) for text in (agent.name, agent.contact, agent.mandate)):
        raise InvalidInput.of("agent", "Name the agent, how to reach them, and where the mandate lies.")
