"""What the codes of breaches are called, in the language of the page. Those of the forms come from the room itself."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from babel.support import LazyProxy

from privacy.breach import service as breach
from privacy.breach.service import (
    Availability,
    Category,
    Confidentiality,
    Ease,
    Exception34,
    Integrity,
    LeftWhy,
    LetterState,
    Level,
    Notice,
    Risk,
    Role,
    SourceKind,
    SourceState,
    Standing,
    State,
    TaskCode,
    TaskState,
    TellingState,
    Words,
)
from privacy.pages.languages import lazy_gettext, locale
from privacy.programme import service as programmes

STANDINGS: Mapping[Standing, tuple[LazyProxy, str]] = {
    Standing.RUNNING: (lazy_gettext("runs"), "wait"),
    Standing.NEAR: (lazy_gettext("soon over"), "late"),
    Standing.OVER: (lazy_gettext("over"), "late"),
    Standing.MET: (lazy_gettext("met in time"), "yes"),
    Standing.MET_LATE: (lazy_gettext("met late"), "late"),
    Standing.NOT_NEEDED: (lazy_gettext("does not apply"), "no"),
    Standing.ENDED: (lazy_gettext("ended"), "no"),
}
STATE_SIGNS: Mapping[State, str] = {
    State.DETECTED: "late",
    State.TRIAGE: "wait",
    State.AWARE: "late",
    State.ASSESSMENT: "wait",
    State.RESPONSE: "wait",
    State.REVIEW: "wait",
    State.CLOSED: "yes",
    State.NOT_A_BREACH: "no",
}
EVENTS: Mapping[str, LazyProxy] = {
    "opened": lazy_gettext("It was reported"),
    "start_triage": lazy_gettext("A first look began"),
    "dismiss": lazy_gettext("It was found to be no breach"),
    "become_aware": lazy_gettext("The controller became aware"),
    "correct_awareness": lazy_gettext("The moment of awareness was corrected"),
    "detection_corrected": lazy_gettext("The moment of detection was corrected"),
    "assess": lazy_gettext("The risk was assessed"),
    "opine": lazy_gettext("The data protection officer gave an opinion"),
    "decide": lazy_gettext("The controller decided"),
    "contain": lazy_gettext("It was contained"),
    "notify_initial": lazy_gettext("The authority was notified"),
    "notify_supplementary": lazy_gettext("The notification was supplemented"),
    "notify_complete": lazy_gettext("The notification was completed"),
    "withdraw_notification": lazy_gettext("The notification was withdrawn"),
    "communicate": lazy_gettext("The persons were told"),
    "start_review": lazy_gettext("The review began"),
    "close": lazy_gettext("It was closed"),
    "reopen": lazy_gettext("It was reopened"),
    "note": lazy_gettext("A note"),
    "facts": lazy_gettext("More was written down"),
    "clock_met": lazy_gettext("Another body was told"),
    "clock_not_needed": lazy_gettext("Another body need not be told"),
    "notification_receipt": lazy_gettext("An answer came"),
    "told_by_hand": lazy_gettext("Somebody was told in person"),
    "task_added": lazy_gettext("A task was added"),
    "task_assigned": lazy_gettext("A task was assigned"),
    "task_done": lazy_gettext("A task was done"),
    "task_dropped": lazy_gettext("A task was dropped"),
}
ROLES: Mapping[Role, LazyProxy] = {
    Role.REPORTER: lazy_gettext("Whoever reported it"),
    Role.HANDLER: lazy_gettext("Privacy office"),
    Role.OFFICER: lazy_gettext("Data protection officer"),
    Role.CONTROLLER: lazy_gettext("Whoever decides for the controller"),
    Role.SERVICE: lazy_gettext("The service itself"),
}
NOTICES: Mapping[Notice, LazyProxy] = {
    Notice.INITIAL: lazy_gettext("First notification"),
    Notice.SUPPLEMENTARY: lazy_gettext("Supplement"),
    Notice.COMPLETE: lazy_gettext("Complete notification"),
    Notice.WITHDRAWAL: lazy_gettext("Withdrawal of the notification"),
    Notice.RECEIPT: lazy_gettext("Answer of whoever was told"),
    Notice.NOT_NEEDED: lazy_gettext("This clock does not apply, for the reasons below"),
}
EXCEPTIONS: Mapping[Exception34, LazyProxy] = {
    Exception34.UNINTELLIGIBLE: lazy_gettext("(a) nobody can make anything of the data"),
    Exception34.RISK_REMOVED: lazy_gettext("(b) later measures have removed the high risk"),
    Exception34.DISPROPORTIONATE: lazy_gettext("(c) telling each would be disproportionate: the public is told"),
}
TASKS: Mapping[TaskCode, LazyProxy] = {
    TaskCode.SOURCE_AND_SCOPE: lazy_gettext("Identify the source and the scope: which systems, data and persons"),
    TaskCode.CONTAINMENT: lazy_gettext("End the breach and limit its effects"),
    TaskCode.EVIDENCE: lazy_gettext("Secure logs and other evidence"),
    TaskCode.OFFICER_TOLD: lazy_gettext("Involve the data protection officer"),
    TaskCode.ASSESSMENT: lazy_gettext("Assess in writing what may follow for the persons"),
    TaskCode.NOTIFICATION: lazy_gettext(
        "Notify the supervisory authority, or decide with reasons that it is not notified"
    ),
    TaskCode.COMPLETION: lazy_gettext("Complete the notification to the authority"),
    TaskCode.COMMUNICATION: lazy_gettext("Tell the persons"),
    TaskCode.HELP: lazy_gettext("Help those affected: a contact that answers, advice, what the controller pays for"),
    TaskCode.CAUSE: lazy_gettext("Analyse the cause"),
    TaskCode.PREVENTION: lazy_gettext("Prevent the next one"),
    TaskCode.LESSONS: lazy_gettext("Write down what was learnt"),
}
TASK_STATES: Mapping[TaskState, tuple[LazyProxy, str]] = {
    TaskState.OPEN: (lazy_gettext("to be done"), "wait"),
    TaskState.DONE: (lazy_gettext("done"), "yes"),
    TaskState.DROPPED: (lazy_gettext("dropped"), "no"),
}
SOURCE_KINDS: Mapping[SourceKind, LazyProxy] = {
    SourceKind.LIST: lazy_gettext("A list"),
    SourceKind.ACTS: lazy_gettext("Declarations in our store"),
    SourceKind.DATA_MAP: lazy_gettext("Rows of a system"),
}
SOURCE_STATES: Mapping[SourceState, tuple[LazyProxy, str]] = {
    SourceState.READING: (lazy_gettext("is being read"), "wait"),
    SourceState.WAITING: (lazy_gettext("is being searched"), "wait"),
    SourceState.DONE: (lazy_gettext("complete"), "yes"),
    SourceState.FAILED: (lazy_gettext("stopped by a failure"), "late"),
}
TELLING_STATES: Mapping[TellingState, tuple[LazyProxy, str]] = {
    TellingState.DRAFT: (lazy_gettext("a draft"), "wait"),
    TellingState.APPROVED: (lazy_gettext("agreed to, letters are written"), "wait"),
    TellingState.SENT: (lazy_gettext("every letter has ended"), "yes"),
    TellingState.CANCELLED: (lazy_gettext("cancelled"), "no"),
}
LETTERS: Mapping[LetterState, LazyProxy] = {
    LetterState.ON_ITS_WAY: lazy_gettext("On their way"),
    LetterState.SENT: lazy_gettext("Sent"),
    LetterState.FAILED: lazy_gettext("The first way failed, the second is tried"),
    LetterState.FOR_A_PERSON: lazy_gettext("Wait for a person"),
    LetterState.TOLD_BY_HAND: lazy_gettext("Told in person"),
    LetterState.SAME_PERSON: lazy_gettext("One with somebody else who is told"),
    LetterState.ERASED: lazy_gettext("Erased before the letter had gone"),
    LetterState.REHEARSED: lazy_gettext("Rehearsed: nothing was sent"),
}
LEFT_WHY: Mapping[LeftWhy, LazyProxy] = {
    LeftWhy.DECEASED: lazy_gettext("Deceased: tell the estate"),
    LeftWhy.NO_CONTACT: lazy_gettext("No contact is known"),
    LeftWhy.NO_PAGE: lazy_gettext("Only a telephone is known, and there is no page to point to"),
    LeftWhy.UNDELIVERED: lazy_gettext("Neither way reached them"),
}
#: Parts of a letter that are the officer's own words.
PARTS: Mapping[str, LazyProxy] = {
    "happened": lazy_gettext("What happened"),
    "consequences": lazy_gettext("What may follow"),
    "measures": lazy_gettext("What was and will be done"),
    "advice": lazy_gettext("What people can do, beside what is always said"),
    "data": lazy_gettext("Which data, where their kinds do not say it"),
}
RISKS: Mapping[Risk, LazyProxy] = {
    Risk.UNLIKELY: lazy_gettext("A risk is unlikely"),
    Risk.RISK: lazy_gettext("There is a risk"),
    Risk.HIGH: lazy_gettext("The risk is high"),
}
CATEGORIES: Mapping[Category, LazyProxy] = {
    Category.SIMPLE: lazy_gettext("Simple data"),
    Category.BEHAVIOURAL: lazy_gettext("Behavioural data"),
    Category.FINANCIAL: lazy_gettext("Financial data"),
    Category.SENSITIVE: lazy_gettext("Sensitive data"),
}
AIDS: Mapping[str, tuple[LazyProxy, Mapping[Enum, LazyProxy]]] = {
    "ease": (
        lazy_gettext("How easily somebody tells who the persons are"),
        {
            Ease.NEGLIGIBLE: lazy_gettext("hardly at all"),
            Ease.LIMITED: lazy_gettext("with effort"),
            Ease.SIGNIFICANT: lazy_gettext("easily, with other data"),
            Ease.MAXIMUM: lazy_gettext("at once"),
        },
    ),
    "confidentiality": (
        lazy_gettext("Who saw the data"),
        {
            Confidentiality.NONE: lazy_gettext("nobody"),
            Confidentiality.KNOWN: lazy_gettext("recipients whom we know"),
            Confidentiality.UNKNOWN: lazy_gettext("nobody knows who"),
        },
    ),
    "integrity": (
        lazy_gettext("Whether the data were altered"),
        {
            Integrity.NONE: lazy_gettext("not altered"),
            Integrity.RECOVERABLE: lazy_gettext("altered, and can be restored"),
            Integrity.UNRECOVERABLE: lazy_gettext("altered for good"),
        },
    ),
    "availability": (
        lazy_gettext("Whether the data are gone"),
        {
            Availability.NONE: lazy_gettext("not gone"),
            Availability.TEMPORARY: lazy_gettext("gone for some time"),
            Availability.PERMANENT: lazy_gettext("gone for good"),
        },
    ),
}
LEVELS: Mapping[Level, LazyProxy] = {
    Level.LOW: lazy_gettext("low"),
    Level.MEDIUM: lazy_gettext("medium"),
    Level.HIGH: lazy_gettext("high"),
    Level.VERY_HIGH: lazy_gettext("very high"),
}
SECTIONS: Mapping[str, LazyProxy] = {
    "controller": lazy_gettext("The controller"),
    "people": lazy_gettext("Whom the authority may ask"),
    "timing": lazy_gettext("When, and how it was found"),
    "incident": lazy_gettext("The incident"),
    "persons": lazy_gettext("Whose data"),
    "data": lazy_gettext("Which data"),
    "before": lazy_gettext("Protection before"),
    "effects": lazy_gettext("Effects"),
    "response": lazy_gettext("Measures"),
    "telling": lazy_gettext("Telling the persons"),
    "others": lazy_gettext("Police, authorities, attachments"),
}


def spoken() -> Words:
    """The words of the authority's form in the language of the page: labels of fields, options of lists."""
    return breach.words_of_documents([locale()], programmes.current().zone)


def state_text(state: str) -> str:
    """What a state is called."""
    return spoken().options["BreachState"][state]


def clock_text(code: str) -> str:
    """Whom a clock is for, as the programme calls them."""
    rules = (rule for rule in programmes.current().breach_rules if rule.code == code)
    to = next((rule.to for rule in rules), {})
    return to.get(locale()) or next(iter(to.values()), code)
