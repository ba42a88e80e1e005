"""What the HTTP API takes and gives for breaches. Words come in and go out to those who handle breaches alone."""

from __future__ import annotations

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from privacy.breach.assessment import Assessment, Decision, Opinion
from privacy.breach.clock import Standing, read_moment
from privacy.breach.facts import Facts
from privacy.breach.handling import Report
from privacy.breach.notifying import Notification
from privacy.breach.vocabulary import Exception34, Judgement, Notice, Risk, Role, State, TaskCode, TaskState, Way
from privacy.programme.law import AUTHORITY

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(max_length=20_000)]
Reason = Annotated[str, Meta(max_length=4_000, description="Why; sealed, and shown to those who handle breaches.")]
When = Annotated[str, Meta(min_length=10, max_length=40, description="ISO 8601, to the minute; with its offset.")]
Version = Annotated[int, Meta(ge=1, le=1_000_000, description="The version that was looked at.")]
Number = Annotated[int, Meta(ge=1, le=1_000_000)]
Known = Annotated[
    dict[str, Any],
    Meta(description="What is known, by section of the EDPB's template; a field that is null is forgotten."),
]


class BreachIn(Struct, forbid_unknown_fields=True):
    """That something happened, as somebody says it."""

    #: When somebody noticed it, a processor too; without it, the first of the moments below, or now.
    detected_at: When | None = None
    words: Words | None = None
    facts: Known = {}
    #: The controller's code in the programme; without it, the first.
    controller: Code | None = None
    #: A rehearsal is marked as one for good, and stands in no register.
    rehearsal: bool = False
    #: With which processor it happened, when that became aware of it, and when it told the controller.
    processor: Code | None = None
    processor_aware_at: When | None = None
    told_at: When | None = None

    def report(self, zone: ZoneInfo) -> Report:
        """As it is recorded; a time without offset is of that zone. Raises `InvalidInput` naming the field."""
        return Report(
            detected_at=_moment(self.detected_at, zone, "detected_at"),
            words=self.words,
            facts=self.facts,
            controller=self.controller,
            rehearsal=self.rehearsal,
            processor=self.processor,
            processor_aware_at=_moment(self.processor_aware_at, zone, "processor_aware_at"),
            told_at=_moment(self.told_at, zone, "told_at"),
        )


class BreachStepIn(Struct, forbid_unknown_fields=True):
    """A step that somebody takes."""

    version: Version
    reason: Reason | None = None


class BreachFactsIn(Struct, forbid_unknown_fields=True):
    """What more is known."""

    version: Version
    facts: Known
    reason: Reason | None = None


class BreachAwareIn(Struct, forbid_unknown_fields=True):
    """Since when the controller is aware, and why then (Art. 33(1))."""

    version: Version
    reason: Reason
    #: Without it: since the processor told it, or else since now.
    aware_at: When | None = None

    def moment(self, zone: ZoneInfo) -> int | None:
        """In microseconds; raises `InvalidInput` naming the field."""
        return _moment(self.aware_at, zone, "aware_at")


class BreachAwareCorrectedIn(Struct, forbid_unknown_fields=True):
    """Since when the controller is aware indeed, and why that is known now."""

    version: Version
    reason: Reason
    aware_at: When

    def moment(self, zone: ZoneInfo) -> int:
        """In microseconds; raises `InvalidInput` naming the field."""
        return read_moment(self.aware_at, zone, "aware_at")


class BreachDetectionCorrectedIn(Struct, forbid_unknown_fields=True):
    """When it was noticed indeed, and why that is known now."""

    version: Version
    reason: Reason
    detected_at: When

    def moment(self, zone: ZoneInfo) -> int:
        """In microseconds; raises `InvalidInput` naming the field."""
        return read_moment(self.detected_at, zone, "detected_at")


class BreachAssessIn(Struct, forbid_unknown_fields=True):
    """What may follow for the persons."""

    version: Version
    assessment: Assessment
    reason: Reason | None = None


class BreachOpineIn(Struct, forbid_unknown_fields=True):
    """What the data protection officer thinks."""

    version: Version
    opinion: Opinion


class BreachDecideIn(Struct, forbid_unknown_fields=True):
    """What the controller decides."""

    version: Version
    decision: Decision


class BreachNoticeIn(Struct, forbid_unknown_fields=True):
    """What was told to the authority or to another who has a clock, or why not."""

    version: Version
    kind: Notice
    way: Way | None = None
    #: Without it, now.
    sent_at: When | None = None
    #: The clock's code.
    clock: Code = AUTHORITY
    reference: Annotated[str, Meta(max_length=200)] | None = None
    #: Why it is late, withdrawn or not needed.
    reasons: Words | None = None

    def notification(self, zone: ZoneInfo) -> Notification:
        """As it is recorded; raises `InvalidInput` naming the field."""
        return Notification(
            kind=self.kind,
            sent_at=_moment(self.sent_at, zone, "sent_at"),
            way=self.way,
            clock=self.clock,
            reference=self.reference,
            reasons=self.reasons,
        )


class BreachTaskIn(Struct, forbid_unknown_fields=True):
    """Something else that is to be done."""

    version: Version
    title: Annotated[str, Meta(max_length=500)]
    due_at: When
    #: The name of a member of staff.
    owner: Code | None = None


class BreachTaskAssignIn(Struct, forbid_unknown_fields=True):
    """Who does a task, or until when; another time wants a reason."""

    version: Version
    task: Number
    owner: Code | None = None
    due_at: When | None = None
    reason: Reason | None = None


class BreachTaskEndIn(Struct, forbid_unknown_fields=True):
    """A task is done, or dropped with a reason."""

    version: Version
    task: Number
    state: TaskState
    reason: Reason | None = None


class BreachOut(Struct):
    """A breach, without the words of anybody."""

    id: str
    number: str
    rehearsal: bool
    controller: str
    state: State
    detected_at: str
    recorded_at: str
    aware_at: str | None
    #: When the authority is to be notified by: strictly, and the outer limit of Regulation 1182/71.
    due_at: str | None
    outer_at: str | None
    risk: Risk | None
    #: Whether the controller decided that the authority is notified, and the persons are told.
    notify: bool | None
    tell: bool | None
    contained_at: str | None
    communicated_at: str | None
    ended_at: str | None
    version: int


class BreachClockOut(Struct):
    """A time limit as it stands."""

    code: str
    standing: Standing
    hours: int
    counted_from: str
    started_at: str
    due_at: str
    outer_at: str
    met_at: str | None
    statute: str
    #: The day since which the rule is in force; null for the law's own. By which programme it was set, and when.
    rule_from: str | None
    programme: int
    set_at: str
    #: The times that it had before its moment was corrected, the oldest first.
    before: list[str]


class BreachClocksOut(Struct):
    """Every time limit, the first due first."""

    number: str
    rehearsal: bool
    clocks: list[BreachClockOut]


class BreachJudgementOut(Struct):
    """An assessment, an opinion or a decision, without its words."""

    number: int
    kind: Judgement
    risk: Risk | None
    notify: bool | None
    tell: bool | None
    excepted: Exception34 | None
    actor: str
    at: str
    #: Whether it is the one that counts.
    counts: bool


class BreachNoticeOut(Struct):
    """A record of a notification, without its words."""

    number: int
    clock: str
    kind: Notice
    follows: int | None
    sent_at: str
    way: Way | None
    recorded_at: str
    late: bool
    actor: str


class BreachDetailOut(BreachOut):
    """A breach with its clocks, what was judged and what was notified."""

    processor: str | None
    processor_aware_at: str | None
    told_at: str | None
    clocks: list[BreachClockOut]
    judgements: list[BreachJudgementOut]
    notifications: list[BreachNoticeOut]


class BreachesOut(Struct):
    """Breaches, the newest first."""

    breaches: list[BreachOut]
    next: str | None


class BreachStepOut(Struct):
    """One step."""

    number: int
    event: str
    from_state: State | None
    to_state: State
    role: Role
    actor: str
    at: str
    reason: str | None


class BreachStepsOut(Struct):
    """The course of a breach."""

    number: str
    rehearsal: bool
    steps: list[BreachStepOut]


class BreachTaskOut(Struct):
    """One task."""

    number: int
    code: TaskCode
    title: str
    state: TaskState
    owner: str | None
    due_at: str
    opened_at: str
    ended_at: str | None


class BreachTasksOut(Struct):
    """What is to be done."""

    number: str
    rehearsal: bool
    tasks: list[BreachTaskOut]


class SeverityOut(Struct):
    """ENISA's method, an aid: SE = DPC x EI + CB, each exact. It never says that nobody need be told."""

    se: str
    dpc: str
    ei: str
    cb: str
    level: str
    many_persons: bool
    unintelligible: bool


class BreachAssessmentOut(Struct):
    """An assessment in its words."""

    number: int
    assessment: Assessment
    severity: SeverityOut | None


class BreachOpinionOut(Struct):
    """What the data protection officer thought."""

    number: int
    opinion: Opinion


class BreachDecisionOut(Struct):
    """What the controller decided."""

    number: int
    decision: Decision


class BreachNoticeOpenedOut(Struct):
    """The words of one record of a notification."""

    number: int
    reference: str | None
    reasons: str | None


class BreachOpenedOut(Struct):
    """Everything that a breach holds."""

    number: str
    rehearsal: bool
    facts: Facts
    report: str | None
    assessments: list[BreachAssessmentOut]
    opinions: list[BreachOpinionOut]
    decisions: list[BreachDecisionOut]
    notifications: list[BreachNoticeOpenedOut]


def _moment(text: str | None, zone: ZoneInfo, field: str) -> int | None:
    return None if text is None else read_moment(text, zone, field)
