"""The closed word lists of requests: what is asked, how it came, where it stands, how it ended."""

from __future__ import annotations

from enum import StrEnum

from privacy.programme.types import CaseType, ProofLevel

#: `CaseType` and `ProofLevel` are words of the programme, whose request rules name them.
__all__ = [
    "CaseType",
    "Event",
    "Ground",
    "Intake",
    "Outcome",
    "ProofLevel",
    "Role",
    "State",
    "TaskKind",
    "TaskState",
]


class Intake(StrEnum):
    """How a request came. Any official contact point counts (EDPB 01/2022, 52 to 57)."""

    PORTAL = "portal"
    API = "api"
    EMAIL = "email"
    LETTER = "letter"
    COUNTER = "counter"
    E_DELIVERY = "e_delivery"  # e-Doręczenia
    AGENT = "agent"  # a representative with a mandate
    STAFF = "staff"
    OPENDSR = "opendsr"
    DRP = "drp"  # Data Rights Protocol


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    IDENTIFYING = "identifying"  # proof of identity was asked for
    CLARIFYING = "clarifying"  # the person was asked which data are meant (recital 63)
    ASSESSING = "assessing"  # identified; the controller decides
    APPROVING = "approving"  # decided; a second person must agree
    COOLING_OFF = "cooling_off"  # approved, and not begun until the person had time to stop it
    EXECUTING = "executing"  # the systems are asked
    REVIEWING = "reviewing"  # a person looks: other people's data, doubtful matches, a system that refused
    ANSWERING = "answering"  # all is there; the answer goes out
    ANSWERED = "answered"  # ended: granted, in part or whole, or refused, and the person was told
    WITHDRAWN = "withdrawn"  # ended: the person took it back
    UNIDENTIFIED = "unidentified"  # ended: nobody could tell whose data are meant (Art. 11(2), 12(2))
    JOINED = "joined"  # ended: the same person asked the same before; the earlier request goes on

    @property
    def ended(self) -> bool:
        """Whether nothing happens any more."""
        return self in {State.ANSWERED, State.WITHDRAWN, State.UNIDENTIFIED, State.JOINED}


class Event(StrEnum):
    """What moves a request from one state to another."""

    ASK_IDENTITY = "ask_identity"
    IDENTIFY = "identify"
    DOUBT_IDENTITY = "doubt_identity"
    GIVE_UP_IDENTITY = "give_up_identity"
    ASK_CLARIFICATION = "ask_clarification"
    CLARIFY = "clarify"
    GRANT = "grant"
    APPROVE = "approve"
    DISAPPROVE = "disapprove"
    REFUSE = "refuse"
    END_COOLING_OFF = "end_cooling_off"
    FINISH_EXECUTION = "finish_execution"
    NEED_REVIEW = "need_review"
    EXECUTE_AGAIN = "execute_again"
    FINISH_REVIEW = "finish_review"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    JOIN = "join"
    REOPEN = "reopen"


class Role(StrEnum):
    """Who moves it."""

    PERSON = "person"  # whoever made the request, in their own session or by a code
    STAFF = "staff"
    SECOND = "second"  # another member of staff than the one who granted
    SERVICE = "service"  # the service itself: a clock, a finished execution


class Outcome(StrEnum):
    """How an ended request was answered."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


class Ground(StrEnum):
    """Why a request is refused, in whole or part; the law's own words are in the letters."""

    FREEDOM_OF_EXPRESSION = "17_3_a"
    LEGAL_OBLIGATION = "17_3_b"
    PUBLIC_HEALTH = "17_3_c"
    ARCHIVING = "17_3_d"
    LEGAL_CLAIMS = "17_3_e"
    MANIFESTLY_UNFOUNDED = "12_5_unfounded"
    EXCESSIVE = "12_5_excessive"
    NOT_IDENTIFIABLE = "11_2"
    RIGHTS_OF_OTHERS = "15_4"
    PORTABILITY_RIGHTS_OF_OTHERS = "20_4"
    NOT_PORTABLE = "20_1"  # no consent or contract, or not by automated means
    COMPELLING_GROUNDS = "21_1"
    NO_GROUND_TO_ERASE = "17_1"
    NO_GROUND_TO_RESTRICT = "18_1"
    ACCURATE = "16"
    NO_DATA = "no_data"
    # Of letters of authorities, courts and others who ask for somebody's data.
    NO_BASIS_TO_DISCLOSE = "6_1"
    MORE_THAN_NECESSARY = "5_1_c"
    THIRD_COUNTRY = "48"
    NOT_COMPETENT = "55"
    SECRECY = "secrecy"  # by a statute that the facts name


class TaskKind(StrEnum):
    """What one step of an execution does."""

    FIND = "find"
    CHANGE = "change"  # erase, correct, restrict, as the request's type says
    TELL = "tell"  # a recipient is told (Art. 19)
    LIFT = "lift"  # a restriction ends there too (Art. 18(3))
    OWN = "own"  # this service's own data, last
    ANSWER = "answer"  # the package is made where one is wanted, and the person is told


class TaskState(StrEnum):
    """Where one step stands."""

    WAITING = "waiting"  # for its turn, or for another step
    RUNNING = "running"
    PENDING = "pending"  # the system has begun and is asked again later
    FOR_A_PERSON = "for_a_person"  # somebody must act: a form, a doubtful match, too many rows
    DONE = "done"
    FAILED = "failed"  # it was tried long enough; a person decides
    EXCEPTED = "excepted"  # a person decided that it is not done, with a reason that the answer names
