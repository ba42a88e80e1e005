"""Requests of data subjects (GDPR Art. 12, 15-22): the doors that other rooms use."""

from __future__ import annotations

from privacy.dsar.answering import answer
from privacy.dsar.audited import audited_rows
from privacy.dsar.calendar import CONTENT_TYPE as CALENDAR_TYPE
from privacy.dsar.calendar import Entry as CalendarEntry
from privacy.dsar.calendar import calendar_of
from privacy.dsar.calendar import entries as calendar_entries
from privacy.dsar.cases import requests_of, role_of, with_open_request
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.letters import Letter, LetterView, paper_pdf
from privacy.dsar.correspondence.letters import pdf_of as letter_pdf
from privacy.dsar.correspondence.receipts import write_wanted as write_receipts
from privacy.dsar.deadlines import Deadlines
from privacy.dsar.deciding import approve, grant, grounds_for, parts_for, refuse, withdraw
from privacy.dsar.execution.course import SystemOutcome, outcomes
from privacy.dsar.execution.decisions import (
    DoubtfulRow,
    allow_rows,
    decide_rows,
    doubtful_rows,
    except_task,
    file_form,
    record_answer,
    tell_recipient,
    try_again,
)
from privacy.dsar.execution.planning import PlannedTable, plan
from privacy.dsar.execution.running import Running, run_until_idle
from privacy.dsar.execution.task_views import OpenedTask, decisions_about, open_task, task_of, waits_for_second
from privacy.dsar.execution.tasks import OWN_SYSTEM, Fate, Form
from privacy.dsar.execution.undelivered import note_undelivered
from privacy.dsar.handling import identify
from privacy.dsar.identity.codes import delete_old as delete_old_codes
from privacy.dsar.identity.codes import send_asked as send_codes
from privacy.dsar.identity.persons import (
    KnownPerson,
    OwnAsked,
    OwnFile,
    OwnStep,
    ask,
    fetch_own,
    own_file,
    own_letter,
    own_requests,
    withdraw_own,
    write_own,
)
from privacy.dsar.identity.quotas import take as take_quota
from privacy.dsar.identity.sessions import delete_ended as delete_ended_sessions
from privacy.dsar.intake import Received, receive
from privacy.dsar.joining import join
from privacy.dsar.matter import Agent, Correction, Decision, Matter, Named, Refused
from privacy.dsar.package.packages import MEDIA_TYPE as PACKAGE_TYPE
from privacy.dsar.package.packages import PackageView, Review
from privacy.dsar.package.packages import decide as decide_review
from privacy.dsar.package.packages import delete_expired as delete_expired_packages
from privacy.dsar.package.packages import newest as package_of
from privacy.dsar.package.packages import review as open_review
from privacy.dsar.package.redaction import Verdict
from privacy.dsar.package.redaction import Why as WhyReviewed
from privacy.dsar.protocols.callbacks import Telling
from privacy.dsar.protocols.drp import DrpBusiness
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.recounting import recount_due_days
from privacy.dsar.register import Registered, registered
from privacy.dsar.reminders import alarming, remind
from privacy.dsar.stepping import STEPS, possible, take
from privacy.dsar.upkeep import delete_ended_files, end_cooling_off, end_restrictions, forget_subjects
from privacy.dsar.views import (
    Asked,
    Opened,
    Page,
    RequestView,
    StepView,
    named,
    open_matter,
    page,
    read_letter,
    search,
    steps,
    tasks,
    times,
    view,
    visible,
    written,
)
from privacy.dsar.vocabulary import (
    CaseType,
    Event,
    Ground,
    Intake,
    Outcome,
    ProofLevel,
    Role,
    State,
    TaskKind,
    TaskState,
)

__all__ = [
    "CALENDAR_TYPE",
    "OWN_SYSTEM",
    "PACKAGE_TYPE",
    "STEPS",
    "Agent",
    "Asked",
    "CalendarEntry",
    "CaseType",
    "Correction",
    "Deadlines",
    "Decision",
    "DoubtfulRow",
    "DrpBusiness",
    "Event",
    "Fate",
    "Form",
    "Ground",
    "Intake",
    "KnownPerson",
    "Letter",
    "LetterKind",
    "LetterView",
    "Matter",
    "Named",
    "OpenDsrIdentity",
    "Opened",
    "OpenedTask",
    "Outcome",
    "OwnAsked",
    "OwnFile",
    "OwnStep",
    "PackageView",
    "Page",
    "PlannedTable",
    "ProofLevel",
    "Received",
    "Refused",
    "Registered",
    "RequestView",
    "Review",
    "Role",
    "Running",
    "State",
    "StepView",
    "SystemOutcome",
    "TaskKind",
    "TaskState",
    "Telling",
    "Verdict",
    "WhyReviewed",
    "alarming",
    "allow_rows",
    "answer",
    "approve",
    "ask",
    "audited_rows",
    "calendar_entries",
    "calendar_of",
    "decide_review",
    "decide_rows",
    "decisions_about",
    "delete_ended_files",
    "delete_ended_sessions",
    "delete_expired_packages",
    "delete_old_codes",
    "doubtful_rows",
    "end_cooling_off",
    "end_restrictions",
    "except_task",
    "fetch_own",
    "file_form",
    "forget_subjects",
    "grant",
    "grounds_for",
    "identify",
    "join",
    "letter_pdf",
    "named",
    "note_undelivered",
    "open_matter",
    "open_review",
    "open_task",
    "outcomes",
    "own_file",
    "own_letter",
    "own_requests",
    "package_of",
    "page",
    "paper_pdf",
    "parts_for",
    "plan",
    "possible",
    "read_letter",
    "receive",
    "record_answer",
    "recount_due_days",
    "refuse",
    "registered",
    "remind",
    "requests_of",
    "role_of",
    "run_until_idle",
    "search",
    "send_codes",
    "steps",
    "take",
    "take_quota",
    "task_of",
    "tasks",
    "tell_recipient",
    "times",
    "try_again",
    "view",
    "visible",
    "waits_for_second",
    "with_open_request",
    "withdraw",
    "withdraw_own",
    "write_own",
    "write_receipts",
    "written",
]
