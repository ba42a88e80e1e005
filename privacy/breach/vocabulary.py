"""The closed word lists of personal data breaches: where one stands, what happens to it, who acts, what is recorded."""

from __future__ import annotations

from enum import StrEnum

from privacy.breach.options import Phase, Risk

#: `Phase` and `Risk` are options of the facts too, which documents print.
__all__ = [
    "Event",
    "Exception34",
    "Judgement",
    "Notice",
    "Phase",
    "Risk",
    "Role",
    "State",
    "TaskCode",
    "TaskState",
    "Way",
]


class BreachState(StrEnum):
    """Where a breach stands. Containment, notifications and letters to people run beside it, as tasks and records."""

    DETECTED = "detected"  # somebody said that something happened
    TRIAGE = "triage"  # a first look: whether personal data are concerned
    AWARE = "aware"  # they are, with a reasonable degree of certainty: the clocks run (Art. 33(1))
    ASSESSMENT = "assessment"  # what may follow for people is written down; the controller decides
    RESPONSE = "response"  # decided: whom to tell is told, what is to be mended is mended
    REVIEW = "review"  # how it could happen, and what prevents the next
    CLOSED = "closed"  # ended
    NOT_A_BREACH = "not_a_breach"  # ended: no personal data, or no breach of their security

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self in {BreachState.CLOSED, BreachState.NOT_A_BREACH}


class Event(StrEnum):
    """What happens to a breach."""

    START_TRIAGE = "start_triage"
    DISMISS = "dismiss"
    BECOME_AWARE = "become_aware"
    CORRECT_AWARENESS = "correct_awareness"
    ASSESS = "assess"
    OPINE = "opine"  # the data protection officer says what they think
    DECIDE = "decide"  # the controller decides whether the authority and the persons are told
    CONTAIN = "contain"
    NOTIFY_INITIAL = "notify_initial"
    NOTIFY_SUPPLEMENTARY = "notify_supplementary"
    NOTIFY_COMPLETE = "notify_complete"
    WITHDRAW_NOTIFICATION = "withdraw_notification"
    COMMUNICATE = "communicate"  # the persons were told (Art. 34)
    START_REVIEW = "start_review"
    CLOSE = "close"
    REOPEN = "reopen"


class BreachRole(StrEnum):
    """In which role somebody acts."""

    REPORTER = "reporter"  # says that something happened
    HANDLER = "handler"
    OFFICER = "officer"  # the data protection officer: advises, and never decides (Art. 38(6), 39(1))
    CONTROLLER = "controller"  # decides
    SERVICE = "service"


class Exception34(StrEnum):
    """Why the persons need not be told although the risk is high (Art. 34(3))."""

    UNINTELLIGIBLE = "unintelligible"  # (a): encrypted, and the key is safe
    RISK_REMOVED = "risk_removed"  # (b): later measures
    DISPROPORTIONATE = "disproportionate"  # (c): then by a public communication


class Judgement(StrEnum):
    """Kinds of what is judged about a breach; each is a record of its own, and none is ever changed."""

    ASSESSMENT = "assessment"
    OPINION = "opinion"
    DECISION = "decision"


class Notice(StrEnum):
    """Kinds of what is recorded of notifications; the phases are those of Art. 33(4)."""

    INITIAL = "initial"
    SUPPLEMENTARY = "supplementary"
    COMPLETE = "complete"
    WITHDRAWAL = "withdrawal"
    RECEIPT = "receipt"  # the one who was told answered, with a reference
    NOT_NEEDED = "not_needed"  # of another law's or contract's clock: it does not apply, for the recorded reasons


class Way(StrEnum):
    """By which channel a notification went."""

    BIZNES_GOV = "biznes_gov"  # the form on biznes.gov.pl
    E_DELIVERY = "e_delivery"  # e-Doręczenia
    EPUAP = "epuap"
    POST = "post"
    EMAIL = "email"
    TELEPHONE = "telephone"
    ANOTHER = "another"


class BreachTaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"  # somebody decided, with a reason, that it is not needed


class TaskCode(StrEnum):
    """What a breach wants done; `own` is what somebody adds in words."""

    SOURCE_AND_SCOPE = "source_and_scope"
    CONTAINMENT = "containment"
    EVIDENCE = "evidence"
    OFFICER_TOLD = "officer_told"
    ASSESSMENT = "assessment"
    NOTIFICATION = "notification"
    COMPLETION = "completion"
    COMMUNICATION = "communication"
    HELP = "help"
    CAUSE = "cause"
    PREVENTION = "prevention"
    LESSONS = "lessons"
    OWN = "own"


#: As this room calls them; the description of the API wants a name of its own for each type.
State = BreachState
Role = BreachRole
TaskState = BreachTaskState
