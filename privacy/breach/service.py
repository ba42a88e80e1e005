"""Personal data breaches (GDPR Art. 33, 34): the doors that other rooms use."""

from __future__ import annotations

from privacy.audit.service import AuditedRows
from privacy.breach import audited, story
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
from privacy.breach.documents.notification import NotificationFormOut
from privacy.breach.documents.words import Words
from privacy.breach.documents.words import words as words_of_documents
from privacy.breach.enisa import (
    BASES,
    Availability,
    Category,
    Confidentiality,
    Ease,
    Inputs,
    Integrity,
    Level,
    Scored,
    Severity,
    severity,
)
from privacy.breach.erasing import breaches_of, forget_subjects
from privacy.breach.facts import Facts
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
from privacy.breach.limits import Alarming, Running, alarming, running_clocks
from privacy.breach.models import PersonalDataBreach
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
    CommunicationView,
    ForAPerson,
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
from privacy.breach.telling.communications import words_said as words_of_communication
from privacy.breach.telling.failures import WordsMissing
from privacy.breach.telling.letters import note_bounce, note_message
from privacy.breach.telling.searching import ActsQuestion, DataMapQuestion, ask_acts, ask_rows
from privacy.breach.telling.telling import Telling
from privacy.breach.telling.vocabulary import LeftWhy, LetterState, SourceKind, SourceState, TellingState
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
    "BASES",
    "MOST_LETTERS_ON_A_PAGE",
    "STEPS",
    "ActsQuestion",
    "Alarming",
    "Asked",
    "Assessment",
    "Availability",
    "BreachView",
    "Category",
    "CommunicationView",
    "Confidentiality",
    "DataMapQuestion",
    "Decision",
    "Ease",
    "Event",
    "Exception34",
    "Facts",
    "Filed",
    "ForAPerson",
    "Form",
    "Inputs",
    "Integrity",
    "Judgement",
    "LeftWhy",
    "LetterState",
    "Level",
    "Limit",
    "Line",
    "Notice",
    "Notification",
    "NotificationFormOut",
    "Opened",
    "Opinion",
    "OwnWords",
    "Page",
    "PersonalDataBreach",
    "Phase",
    "Rejected",
    "Report",
    "Risk",
    "Role",
    "Running",
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
    "Words",
    "WordsMissing",
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
    "story",
    "take",
    "tasks",
    "told_by_hand",
    "try_source_again",
    "view",
    "visible",
    "words_of_communication",
    "words_of_documents",
]


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (*audited.audited_rows(), *telling_audited.audited_rows())
