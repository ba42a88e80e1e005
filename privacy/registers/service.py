"""The registers of accountability: the doors that other rooms use.

Trainings, audits, assessments and checks are kept here; authorisations are read from the grants of access.
"""

from __future__ import annotations

from privacy.registers.audited import audited_rows
from privacy.registers.authorisations import Authorisation, authorisations
from privacy.registers.changing import (
    Draft,
    advise,
    begin,
    cancel,
    change,
    decide,
    note_consultation,
    renew,
    review,
)
from privacy.registers.content import About, Content
from privacy.registers.entries import MOST_ON_A_PAGE, EntryView, FileView, Wanted, listed, named, view
from privacy.registers.failures import (
    AdviceNeeded,
    EntryBeingRenewed,
    EntryChanged,
    EntryClosed,
    EntryFileNotFound,
    EntryNotDecided,
    EntryNotFound,
    FileNotTaken,
    FileTooLarge,
    OfficerMayNotDecide,
    TooManyFiles,
)
from privacy.registers.files import LARGEST_FILE, OpenFile, add_file, open_file, remove_file
from privacy.registers.questions import Question, questions
from privacy.registers.upkeep import remind_of_entries
from privacy.registers.vocabulary import RULES, EntryKind, EntryOutcome, EntryState

__all__ = [
    "LARGEST_FILE",
    "MOST_ON_A_PAGE",
    "RULES",
    "About",
    "AdviceNeeded",
    "Authorisation",
    "Content",
    "Draft",
    "EntryBeingRenewed",
    "EntryChanged",
    "EntryClosed",
    "EntryFileNotFound",
    "EntryKind",
    "EntryNotDecided",
    "EntryNotFound",
    "EntryOutcome",
    "EntryState",
    "EntryView",
    "FileNotTaken",
    "FileTooLarge",
    "FileView",
    "OfficerMayNotDecide",
    "OpenFile",
    "Question",
    "TooManyFiles",
    "Wanted",
    "add_file",
    "advise",
    "audited_rows",
    "authorisations",
    "begin",
    "cancel",
    "change",
    "decide",
    "listed",
    "named",
    "note_consultation",
    "open_file",
    "questions",
    "remind_of_entries",
    "remove_file",
    "renew",
    "review",
    "view",
]
