"""The last step of an execution: this service's own data, in one unit of work with the state of the request.

Of an erasure the person's key goes with them, after every other system has answered; the request's own key stays, and
with it the letters and the account of what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.dsar import cases
from privacy.dsar.execution import leases, tasks
from privacy.dsar.execution.leases import Held
from privacy.dsar.execution.tasks import OWN_SYSTEM, Result
from privacy.dsar.matter import Correction
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.retention.service import UnderLegalHold
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming, Standing

#: The code of a task where nobody, or nobody any more, is known behind the request.
NOBODY = "nobody-to-look-for"


def are_wanted(row: DataSubjectRequest) -> bool:
    """Whether the request changes this service's own data; standings and objections are set as it comes in."""
    if row.subject_id is None:
        return False
    return row.case_type == CaseType.ERASURE or bool(list(_corrections(row)))


def do_own(held: Held, go_on: Callable[[DataSubjectRequest], None]) -> None:
    """Change them, in the open unit of work, and go on; nothing where the task is somebody else's by now."""
    row = cases.lock_person(held.request_id)  # An erasure reaches them all.
    task = leases.mine(held)
    if task is None:
        return
    deleted = changed = 0
    if row.subject_id is None:
        tasks.hand_over(task, NOBODY)
        go_on(row)
        return
    if row.case_type == CaseType.ERASURE:
        try:
            deleted = _erase(row)
        except UnderLegalHold as hold:
            _stop(cases.read(row.id), held, hold, go_on)
            return
        # Whom an erasure concerns may change until all are locked, and what was read before is then let go.
        row, task = cases.read(row.id), leases.mine(held)
        assert task is not None
        row.subject_id = None  # Nobody stands behind it any more.
    else:
        changed = _correct(row, SERVICE)
    tasks.finish(task, Result(), deleted=deleted, changed=changed)
    go_on(row)


def _stop(
    row: DataSubjectRequest, held: Held, hold: UnderLegalHold, go_on: Callable[[DataSubjectRequest], None]
) -> None:
    """A held person stays, restricted (Art. 18), and somebody decides: to wait for the release, or to answer so."""
    task = leases.mine(held)
    assert task is not None
    assert row.subject_id is not None
    programme, naming = programmes.current(), Naming(Realm(row.realm), ref=row.subject_id)
    restricted = {Standing.RESTRICTED: True}
    subjects.put_subject(naming, actor=SERVICE, programme=programme, source=OWN_SYSTEM, standing=restricted)
    tasks.hand_over(task, hold)
    go_on(row)


def _erase(row: DataSubjectRequest) -> int:
    assert row.subject_id is not None
    suppress = not cases.matter_of(row).no_suppression
    done = erasure.erase_subject(row.subject_id, cause=f"request {row.number}", actor=SERVICE, suppress=suppress)
    return sum(done.deleted.values())


def _corrections(row: DataSubjectRequest) -> Iterable[Correction]:
    """Those of contacts that this service holds."""
    if row.case_type != CaseType.RECTIFICATION:
        return ()
    decision = cases.decision_of(row)
    asked = (decision.corrections if decision else ()) or cases.matter_of(row).corrections
    return (one for one in asked if one.what in programmes.current().contact_kinds)


def _correct(row: DataSubjectRequest, actor: Actor) -> int:
    """End the wrong contacts and hold the right ones; says how many were ended."""
    assert row.subject_id is not None
    programme, realm = programmes.current(), Realm(row.realm)
    ended = 0
    for one in _corrections(row):
        kind = ContactKind(one.what)
        right = subjects.contact_name(programme, realm, kind, one.right)
        wrong = subjects.contact_name(programme, realm, kind, one.wrong).normal.key if one.wrong else None
        ended += _end(row, kind, wrong, right.normal.key, programme, actor)
        naming = Naming(realm, contacts={kind: right}, ref=row.subject_id)
        subjects.put_subject(naming, actor=actor, programme=programme, source=OWN_SYSTEM)
    return ended


def _end(
    row: DataSubjectRequest, kind: ContactKind, wrong: str | None, right: str, programme: Programme, actor: Actor
) -> int:
    assert row.subject_id is not None
    realm, ended = Realm(row.realm), 0
    for contact in subjects.view(row.subject_id, realm=realm.value).contacts:
        if contact.kind != kind.value or contact.held_until is not None:
            continue
        name = subjects.contact_name(programme, realm, kind, subjects.reveal_contact(contact.id))
        if name.normal.key != right and wrong in {None, name.normal.key}:
            subjects.retire_contact(contact.subject_id, kind, name.index, actor=actor, at=clock.micros())
            ended += 1
    return ended
