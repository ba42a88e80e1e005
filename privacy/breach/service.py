"""Personal data breaches (GDPR Art. 33, 34): the doors that other rooms use."""

from __future__ import annotations

from privacy.audit.service import AuditedRows
from privacy.breach import audited
from privacy.breach.assessment import Assessment, Decision, Opinion, assess, decide, opine
from privacy.breach.clock import Limit, Standing, read_moment
from privacy.breach.documents.accounts import objects_of
from privacy.breach.documents.filing import (
    Filed,
    Form,
    notification_of,
    record_notification,
    register_file,
    register_of,
    register_report,
    sent_document,
)
from privacy.breach.enisa import Inputs, Scored, Severity, severity
from privacy.breach.erasing import breaches_of, forget_subjects
from privacy.breach.handling import (
    STEPS,
    Report,
    add_facts,
    become_aware,
    communicated,
    correct_awareness,
    correct_detection,
    open_breach,
    take,
)
from privacy.breach.limits import Alarming, alarming, running_clocks
from privacy.breach.notifying import Notification, documents_of
from privacy.breach.options import Phase
from privacy.breach.tasks import TaskView
from privacy.breach.tasks import add as add_task
from privacy.breach.tasks import assign as assign_task
from privacy.breach.tasks import end as end_task
from privacy.breach.tasks import views as tasks
from privacy.breach.telling import telling_audited
from privacy.breach.telling.affected import (
    Line,
    Rejected,
    SourceView,
    add_lines,
    end_source,
    open_source,
    try_source_again,
)
from privacy.breach.telling.affected import counts_of as affected_counts
from privacy.breach.telling.affected import source as affected_source
from privacy.breach.telling.affected import sources_of as affected_sources
from privacy.breach.telling.communications import (
    MOST_LETTERS_ON_A_PAGE,
    communication,
    communications_of,
    for_a_person,
    told_by_hand,
)
from privacy.breach.telling.communications import amend as amend_communication
from privacy.breach.telling.communications import approve as approve_communication
from privacy.breach.telling.communications import cancel as cancel_communication
from privacy.breach.telling.communications import notice as public_notice
from privacy.breach.telling.communications import prepare as prepare_communication
from privacy.breach.telling.communications import preview as preview_communication
from privacy.breach.telling.letters import note_bounce, note_message
from privacy.breach.telling.searching import ActsQuestion, DataMapQuestion, ask_acts, ask_rows
from privacy.breach.telling.telling import Telling
from privacy.breach.telling.vocabulary import LetterState, SourceKind, SourceState, TellingState
from privacy.breach.telling.wording import OwnWords
from privacy.breach.views import (
    Asked,
    BreachView,
    Opened,
    Page,
    StepView,
    named,
    open_breach_file,
    opened,
    page,
    steps,
    view,
    visible,
)
from privacy.breach.vocabulary import (
    Event,
    Exception34,
    Judgement,
    Notice,
    Risk,
    Role,
    State,
    TaskCode,
    TaskState,
    Way,
)

__all__ = [
    "MOST_LETTERS_ON_A_PAGE",
    "STEPS",
    "ActsQuestion",
    "Alarming",
    "Asked",
    "Assessment",
    "BreachView",
    "DataMapQuestion",
    "Decision",
    "Event",
    "Exception34",
    "Filed",
    "Form",
    "Inputs",
    "Judgement",
    "LetterState",
    "Limit",
    "Line",
    "Notice",
    "Notification",
    "Opened",
    "Opinion",
    "OwnWords",
    "Page",
    "Phase",
    "Rejected",
    "Report",
    "Risk",
    "Role",
    "Scored",
    "Severity",
    "SourceKind",
    "SourceState",
    "SourceView",
    "Standing",
    "State",
    "StepView",
    "TaskCode",
    "TaskState",
    "TaskView",
    "Telling",
    "TellingState",
    "Way",
    "add_facts",
    "add_lines",
    "add_task",
    "affected_counts",
    "affected_source",
    "affected_sources",
    "alarming",
    "amend_communication",
    "approve_communication",
    "ask_acts",
    "ask_rows",
    "assess",
    "assign_task",
    "audited_rows",
    "become_aware",
    "breaches_of",
    "cancel_communication",
    "communicated",
    "communication",
    "communications_of",
    "correct_awareness",
    "correct_detection",
    "decide",
    "documents_of",
    "end_source",
    "end_task",
    "for_a_person",
    "forget_subjects",
    "named",
    "note_bounce",
    "note_message",
    "notification_of",
    "objects_of",
    "open_breach",
    "open_breach_file",
    "open_source",
    "opened",
    "opine",
    "page",
    "prepare_communication",
    "preview_communication",
    "public_notice",
    "read_moment",
    "record_notification",
    "register_file",
    "register_of",
    "register_report",
    "running_clocks",
    "sent_document",
    "severity",
    "steps",
    "take",
    "tasks",
    "told_by_hand",
    "try_source_again",
    "view",
    "visible",
]


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (*audited.audited_rows(), *telling_audited.audited_rows())
