"""Recipients are told what was corrected, erased or restricted (Art. 19): who they are, where, and that it was done.

Whom the programme gives an address gets a letter by itself; of the others somebody says how they were told. None of
them holds up our own erasure by not answering, and a letter that came back counts as nobody told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from privacy.authz.actors import SERVICE
from privacy.consent import service as consent
from privacy.crypto.owner_keys import OwnerKey
from privacy.db import session
from privacy.dsar import cases
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.words import Words, words
from privacy.dsar.execution import finding, tasks
from privacy.dsar.execution.finding import Wanted
from privacy.dsar.execution.tasks import Result
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import CaseType, Role, TaskKind, TaskState
from privacy.outbox.service import Undelivered
from privacy.programme import service as programmes
from privacy.programme.types import ProcessingActivity, Processor, Programme, Recipient, RecipientKind

#: The code of a task whose recipient somebody has to tell.
TO_BE_TOLD = "recipient-to-be-told"
#: The code of a task whose letter did not arrive.
NOT_REACHED = "recipient-not-reached"


def add(row: DataSubjectRequest, key: OwnerKey, person: Wanted) -> int:
    """Add a task for each recipient of data that were found, in the open unit of work; says how many.

    A recipient with an address is written to at once; each of the others waits for somebody who tells it.
    """
    codes = dict.fromkeys(_told(person, _found(row)))
    for code in codes:
        task = tasks.add(row, key, TaskKind.TELL, code)
        to = _place_of(person.programme, code)
        if to:
            _write(row, task, to, person, key)
        else:
            tasks.hand_over(task, TO_BE_TOLD)
    return len(codes)


def not_named(row: DataSubjectRequest) -> Sequence[Recipient]:
    """The categories of recipients of data that were found: nobody in them can be told, and the answer says so."""
    person = finding.wanted(row)
    every = person.programme.recipients
    codes = [code for one in _activities(person, _found(row)) for code in one.recipients]
    return [every[code] for code in dict.fromkeys(codes) if not _can_be_told(every[code])]


def hand_over_undelivered(undelivered: Undelivered) -> DataSubjectRequest | None:
    """Hand over the task of a recipient whose letter did not arrive, in the open unit of work.

    Returns the request, locked, where it was such a letter. It may have ended: then the task stays as the one thing of
    it that is not done.
    """
    if session().get(DataSubjectRequest, undelivered.owner_id) is None:
        return None
    row = cases.lock(undelivered.owner_id)
    letter = {str(one.id) for one in letters.letters_of(row.id) if undelivered.message_id in one.messages}
    for task in tasks.of_request(row.id, TaskKind.TELL):
        if task.reference in letter and task.state == TaskState.DONE and tasks.result_of(task).said is None:
            tasks.hand_over(task, NOT_REACHED)
            cases.note(row, "recipient_not_reached", Role.SERVICE, actor=SERVICE, reason=None, **_of(task))
            return row
    return None


def name_of(code: str, spoken: Words) -> str:
    """What a recipient or processor is called; its code where the programme has it no more."""
    known = _party(programmes.current(), code)
    if isinstance(known, Recipient):
        return spoken.of(known.names)
    return known.name if known is not None else code


def locale_of(code: str, programme: Programme) -> str:
    """In which language a recipient is written to: its own, else the programme's first; never the person's."""
    known = _party(programme, code)
    return (known.locale if known is not None else None) or programme.jurisdiction.locales[0]


def _write(row: DataSubjectRequest, task: RequestTask, to: tuple[str, ...], person: Wanted, key: OwnerKey) -> None:
    locale = locale_of(task.system, person.programme)
    spoken = words(locale)
    facts = {"to": to, "what": _what(row, spoken), "whom": _whom(person, spoken)}
    task.reference = str(letters.write(row, LetterKind.RECIPIENT, facts=facts, locale=locale))
    tasks.finish(task, Result(), key)
    cases.note(row, "recipient_told", Role.SERVICE, actor=SERVICE, reason=None, **_of(task))


def _of(task: RequestTask) -> dict[str, str]:
    return {"task": str(task.id), "kind": task.kind, "system": task.system, "place": task.place}


def _what(row: DataSubjectRequest, spoken: Words) -> str:
    """What is to be done there."""
    decision = cases.decision_of(row)
    said = spoken.phrases[f"tell.{row.case_type}"]
    if row.case_type != CaseType.RECTIFICATION:
        return said
    right = (decision.corrections if decision is not None else ()) or cases.matter_of(row).corrections
    return f"{said} {'; '.join(f'{one.what}: {one.right}' for one in right)}"


def _whom(person: Wanted, spoken: Words) -> str:
    """By what the recipient may know the person: what is on file and surely theirs."""
    programme = person.programme
    names = {code: one.names for code, one in programme.identifier_types.items()}
    names |= {kind.value: of_kind for kind, of_kind in programme.contact_kinds.items()}
    known = {
        (one.kind, str(one.value).casefold()): f"{spoken.of(names.get(one.kind, {})) or one.kind}: {one.value}"
        for one in person.identifiers
        if one.sure
    }
    return "; ".join(known.values())


def _found(row: DataSubjectRequest) -> set[str]:
    """The systems with data of the person. One that does all by itself counts once it has: it shows no rows."""
    finds = tasks.of_request(row.id, TaskKind.FIND)
    done = (task for task in tasks.of_request(row.id, TaskKind.CHANGE) if task.state == TaskState.DONE)
    by_itself = {task.system for task in done if task.look >= 0} - {task.system for task in finds}
    return {task.system for task in finds if task.found} | by_itself


def _told(person: Wanted, found: Collection[str]) -> Iterator[str]:
    """Recipients and processors of the activities that the data served; who runs a system knows already."""
    programme = person.programme
    asked = {system.processor for system in person.systems.values()}
    for activity in _activities(person, found):
        yield from (code for code in activity.recipients if _can_be_told(programme.recipients[code]))
        yield from (code for code in activity.processors if code not in asked)


def _can_be_told(recipient: Recipient) -> bool:
    return recipient.kind is RecipientKind.NAMED or bool(recipient.email or recipient.address)


def _place_of(programme: Programme, code: str) -> tuple[str, ...]:
    """An e-mail address; or the lines of a postal one, with the name above; or nothing."""
    known = _party(programme, code)
    if known is None or known.email:
        return (known.email,) if known is not None and known.email else ()
    if not known.address:
        return ()
    name = name_of(code, words(locale_of(code, programme)))
    return (name, *consent.lines_of(known.address))


def _party(programme: Programme, code: str) -> Recipient | Processor | None:
    return programme.recipients.get(code) or programme.processors.get(code)


def _activities(person: Wanted, found: Collection[str]) -> Iterator[ProcessingActivity]:
    systems = [person.systems[code] for code in found if code in person.systems]
    purposes = {purpose for system in systems for purpose in system.purposes}
    controllers = {code for system in systems for code in system.controllers}
    for activity in person.programme.processing_activities.values():
        if purposes & set(activity.purposes) and controllers & set(activity.controllers):
            yield activity
