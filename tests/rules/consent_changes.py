"""The stories of consent and of evidence: what stands before, and the change whose events are counted."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import ROLES, StaffRole
from privacy.consent import service as consent
from privacy.consent.service import ActKind, Cited, Filter, Opinion, Recorded, Source
from privacy.consent.uploads import lease
from privacy.consent.uploads import service as uploads
from privacy.consent.uploads.lease import StoredRejects
from privacy.consent.uploads.service import ImportWanted, StoredUpload
from privacy.evidence import service as evidence
from privacy.programme import service as programme
from privacy.retention import service as retention
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName
from tests.rules.changes import CHANGES, Change, a_programme, a_staff_member, before, story

__all__ = ["CHANGES"]

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
ALONE = {"email": "anna.nowak@example.com"}
LATER = 30 * clock.DAY


@story("consent.record", "consent.given")
def _() -> Change:
    _anna()
    return lambda: _record(ANNA, ActKind.GIVE)


@story("consent.begin_statistics_anew", "consent_statistics.begun_anew")
def _() -> Change:
    _anna()
    return lambda: consent.begin_statistics_anew(actor=OPERATOR)


@story("consent.record_many", "consent.given", "consent.withdrawn")
def _() -> Change:
    _anna()
    given = [_act(ANNA, ActKind.GIVE), _act(ANNA, ActKind.WITHDRAW)]
    return lambda: consent.record_many(given, actor=OPERATOR, programme=programme.current())


@story("consent.record_event", "contact.suppressed")
def _() -> Change:
    a_programme()
    return _complain


@story("consent.lift", "contact.suppression_lifted")
def _() -> Change:
    a_programme()
    before(_complain)
    return lambda: consent.lift(_contact(), actor=OPERATOR, reason="the mailbox works")


@story("consent.delete_asked")  # None where there was nothing to delete; tests/contract has the other case.
def _() -> Change:
    return lambda: consent.delete_asked(clock.micros(), actor=OPERATOR)


@story("consent.merge", "subject.merged")
def _() -> Change:
    _anna()
    return lambda: _merged(_subject("C-1001"), _subject("C-1002"))


@story("consent.unmerge", "subject.unmerged")
def _() -> Change:
    _anna()
    one, other = _subject("C-1001"), _subject("C-1002")
    before(lambda: _merged(one, other))
    return lambda: consent.unmerge(one, other, actor=OPERATOR, programme=programme.current(), reason="two people")


@story("consent.request_annulment", "approval.requested", "annulment.requested")
def _() -> Change:
    _anna()
    before(lambda: _record(ANNA, ActKind.GIVE))
    ewa = a_staff_member("ewa")
    return lambda: consent.request_annulment(Filter(purpose="offers"), actor=ewa, reason="a wrong import")


@story("consent.annul", "approval.approved", "consent.annulled")
def _() -> Change:
    _anna()
    before(lambda: _record(ANNA, ActKind.GIVE))
    ewa, jan, wanted = a_staff_member("ewa"), a_staff_member("jan"), Filter(purpose="offers")
    approval, _ = before(lambda: consent.request_annulment(wanted, actor=ewa, reason="a wrong import"))
    return lambda: consent.annul(wanted, approval, actor=jan, reason="a wrong import")


@story("consent.advise_on_annulment", "annulment.advised")
def _() -> Change:
    annulment_id = _annulment_asked()
    made = before(lambda: access.create_staff("dpo", "dpo@example.com", actor=OPERATOR, role="dpo"))
    officer = Actor(ActorKind.STAFF, made.id, "dpo", ROLES[StaffRole.DPO])
    return lambda: consent.advise_on_annulment(annulment_id, Opinion.AGREES, "a wrong import", actor=officer)


@story("consent.refuse_annulment", "approval.refused")
def _() -> Change:
    annulment_id, jan = _annulment_asked(), a_staff_member("jan")
    return lambda: consent.refuse_annulment(annulment_id, actor=jan)


def _annulment_asked() -> UUID:
    _anna()
    before(lambda: _record(ANNA, ActKind.GIVE))
    ewa = a_staff_member("ewa")
    asked, _ = before(lambda: consent.request_annulment(Filter(purpose="offers"), actor=ewa, reason="a wrong import"))
    return asked


@story("consent.delete_unconfirmed", "consent.unconfirmed_deleted", "subject.forgotten")
def _() -> Change:
    a_programme()
    before(lambda: _record(ALONE, ActKind.REQUEST, "newsletter"))
    return lambda: consent.delete_unconfirmed(clock.micros() + LATER, actor=OPERATOR, held=retention.held_among)


@story("subjects.forget_contact_alone", "subject.forgotten")
def _() -> Change:
    a_programme()
    before(lambda: _put(ALONE))
    [known] = subjects.find(subjects.name_of(programme.current(), OPERATOR, ALONE))
    return lambda: subjects.forget_contact_alone(known, actor=OPERATOR, why="nothing is left")


@story("consent.delete_network_evidence", "network_evidence.deleted")
def _() -> Change:
    _anna()
    before(lambda: _record(ANNA, ActKind.GIVE, network={"ip": "192.0.2.1"}))
    return lambda: consent.delete_network_evidence(
        clock.micros() + 4 * LATER, actor=OPERATOR, held=retention.held_among
    )


@story("consent.cancel_abandoned_imports", "import.cancelled")
def _() -> Change:
    a_programme()
    before(_ask_for_an_import)
    return lambda: consent.cancel_abandoned_imports(clock.micros() + LATER, actor=OPERATOR)


@story("consent.delete_import_rejects", "import.rejects_deleted")
def _() -> Change:
    a_programme()
    before(_import_with_rejects)
    return lambda: consent.delete_import_rejects(clock.micros() + 2 * LATER, actor=OPERATOR)


@story("evidence.record_bundle", "evidence.exported")
def _() -> Change:
    _anna()
    bundle = evidence.Bundle(_subject("C-1001"), b"an archive", events=3, acts=1, erased=0, size=4)
    return lambda: evidence.record_bundle(bundle, actor=OPERATOR)


@story("evidence.record_log_export", "evidence.exported")
def _() -> Change:
    return lambda: evidence.record_log_export(bodies=True, actor=OPERATOR)


@story("evidence.record_export", "evidence.exported")
def _() -> Change:
    return lambda: evidence.record_export({"acts.jsonl": 2}, actor=OPERATOR)


def _ask_for_an_import() -> UUID:
    wanted = ImportWanted("list.txt", "suppression", None, None, None, dry_run=False)
    return uploads.create_import(wanted, actor=OPERATOR).id


def _import_with_rejects() -> None:
    """As a worker leaves it; its files are no concern here."""
    upload, rejects = (uploads.new_file(_ask_for_an_import()) for _ in range(2))
    uploads.accept_upload(StoredUpload(upload[0], 1, upload[2]), actor=OPERATOR)
    held = lease.claim(lambda _name: True)
    assert held is not None
    assert lease.finish(held, {"rejected": 1}, StoredRejects(rejects[0], rejects[2]))


def _anna() -> None:
    a_programme()
    before(lambda: _put(ANNA))
    before(lambda: _put({"customer_id": "C-1002"}))


def _put(given: dict[str, str]) -> object:
    current = programme.current()
    naming = subjects.name_of(current, OPERATOR, given)
    return subjects.put_subject(naming, actor=OPERATOR, programme=current, source="crm")


def _subject(customer: str) -> UUID:
    return subjects.find(subjects.name_of(programme.current(), OPERATOR, {"customer_id": customer}))[0]


def _merged(one: UUID, other: UUID) -> object:
    return consent.merge(one, other, actor=OPERATOR, programme=programme.current(), reason="the same person")


def _contact() -> ContactName:
    return next(iter(subjects.name_of(programme.current(), OPERATOR, ALONE).contacts.values()))


def _complain() -> object:
    event = consent.ContactEvent.COMPLAINT
    return consent.record_event(_contact(), event, actor=OPERATOR, programme=programme.current(), source="esp")


def _record(
    given: dict[str, str], act: ActKind, purpose: str = "offers", network: dict[str, str] | None = None
) -> Recorded:
    return consent.record(_act(given, act, purpose, network), actor=OPERATOR, programme=programme.current())


def _act(
    given: dict[str, str], act: ActKind, purpose: str = "offers", network: dict[str, str] | None = None
) -> consent.ActIn:
    return consent.ActIn(
        naming=subjects.name_of(programme.current(), OPERATOR, given),
        act=act,
        source=Source("shop", "checkout", "web_form"),
        purpose=purpose,
        channels=["email"],
        wording=Cited("klauzula" if purpose == "offers" else purpose),
        network=network or {},
    )
