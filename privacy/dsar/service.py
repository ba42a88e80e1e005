"""Requests of data subjects (GDPR Art. 12, 15-22): the doors that other rooms use."""

from __future__ import annotations

from privacy.dsar.answering import answer
from privacy.dsar.audited import audited_rows
from privacy.dsar.calendar import CONTENT_TYPE as CALENDAR_TYPE
from privacy.dsar.calendar import Entry as CalendarEntry
from privacy.dsar.calendar import calendar_of
from privacy.dsar.calendar import entries as calendar_entries
from privacy.dsar.cases import requests_of, role_of
from privacy.dsar.correspondence.letters import paper_pdf
from privacy.dsar.correspondence.letters import pdf_of as letter_pdf
from privacy.dsar.correspondence.receipts import write_wanted as write_receipts
from privacy.dsar.deciding import approve, grant, refuse, withdraw
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
from privacy.dsar.execution.task_views import OpenedTask, open_task, task_of
from privacy.dsar.execution.tasks import Form
from privacy.dsar.execution.undelivered import note_undelivered
from privacy.dsar.handling import identify
from privacy.dsar.identity.codes import delete_old as delete_old_codes
from privacy.dsar.identity.codes import send_asked as send_codes
from privacy.dsar.identity.sessions import delete_ended as delete_ended_sessions
from privacy.dsar.intake import Received, receive
from privacy.dsar.joining import join
from privacy.dsar.matter import Agent, Correction, Decision, Matter, Named, Refused
from privacy.dsar.package.packages import PackageView, Review
from privacy.dsar.package.packages import decide as decide_review
from privacy.dsar.package.packages import delete_expired as delete_expired_packages
from privacy.dsar.package.packages import newest as package_of
from privacy.dsar.package.packages import review as open_review
from privacy.dsar.package.redaction import Verdict
from privacy.dsar.protocols.callbacks import Telling
from privacy.dsar.protocols.drp import DrpBusiness
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.recounting import recount_due_days
from privacy.dsar.reminders import remind
from privacy.dsar.stepping import STEPS, take
from privacy.dsar.upkeep import delete_ended_files, end_cooling_off, end_restrictions, forget_subjects
from privacy.dsar.views import (
    Asked,
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
from privacy.dsar.vocabulary import CaseType, Event, Ground, Intake, Outcome, ProofLevel, Role, State

__all__ = [
    "CALENDAR_TYPE",
    "STEPS",
    "Agent",
    "Asked",
    "CalendarEntry",
    "CaseType",
    "Correction",
    "Decision",
    "DoubtfulRow",
    "DrpBusiness",
    "Event",
    "Form",
    "Ground",
    "Intake",
    "Matter",
    "Named",
    "OpenDsrIdentity",
    "OpenedTask",
    "Outcome",
    "PackageView",
    "Page",
    "PlannedTable",
    "ProofLevel",
    "Received",
    "Refused",
    "RequestView",
    "Review",
    "Role",
    "Running",
    "State",
    "StepView",
    "SystemOutcome",
    "Telling",
    "Verdict",
    "allow_rows",
    "answer",
    "approve",
    "audited_rows",
    "calendar_entries",
    "calendar_of",
    "decide_review",
    "decide_rows",
    "delete_ended_files",
    "delete_ended_sessions",
    "delete_expired_packages",
    "delete_old_codes",
    "doubtful_rows",
    "end_cooling_off",
    "end_restrictions",
    "except_task",
    "file_form",
    "forget_subjects",
    "grant",
    "identify",
    "join",
    "letter_pdf",
    "named",
    "note_undelivered",
    "open_matter",
    "open_review",
    "open_task",
    "outcomes",
    "package_of",
    "page",
    "paper_pdf",
    "plan",
    "read_letter",
    "receive",
    "record_answer",
    "recount_due_days",
    "refuse",
    "remind",
    "requests_of",
    "role_of",
    "run_until_idle",
    "search",
    "send_codes",
    "steps",
    "take",
    "task_of",
    "tasks",
    "tell_recipient",
    "times",
    "try_again",
    "view",
    "visible",
    "withdraw",
    "write_receipts",
    "written",
]
