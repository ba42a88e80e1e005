"""What a person is asked to confirm, and what they confirmed (Art. 5(1)(d)).

They are asked when they next visit the portal. A message goes out only where the operator says by which consent, to a
contact that has it, without advertising, and once in a period: regulators have fined "please confirm" mailings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.consent.service import CheckIn
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import Driver, in_parts, session
from privacy.errors import Unavailable
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.programme.duration import Duration
from privacy.programme.types import ContactKind, LegalBasis, Programme, ProofGrade, Purpose
from privacy.retention.quality.failures import QualityPurposeInvalid
from privacy.retention.quality.models import QualityConfirmation, QualityFinding
from privacy.retention.quality.vocabulary import FindingKind, FindingState, QualityMatter
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming, WalkedContact

#: How long what a person confirmed counts: people move and change their number, and their mind more often.
PERIODS: Mapping[QualityMatter, Duration] = {
    QualityMatter.CONTACTS: Duration.parse("P6M"),
    QualityMatter.PREFERENCES: Duration.parse("P3M"),
}
_TEMPLATE = "quality_question"
#: After this a question that was not sent is not sent any more.
_WORTH = 7 * clock.DAY


@dataclass(frozen=True)
class Asked:
    """One matter as a person may be asked about it."""

    matter: QualityMatter
    #: Whether it comes up now.
    due: bool
    #: When they last confirmed or did it themselves (microseconds); None where they never did.
    confirmed_at: int | None


@dataclass(frozen=True)
class ToConfirm:
    """What a person is shown at their next visit."""

    subject_id: UUID
    matters: tuple[Asked, ...]
    #: The contacts that they hold.
    contacts: tuple[WalkedContact, ...]


def ensure_purpose(code: str) -> None:
    """Raise `QualityPurposeInvalid` where nobody could ever be asked by that purpose's consent; empty: nobody is to be.

    Nothing is said while no programme is in force.
    """
    if not code:
        return
    try:
        purpose = programmes.current().purposes.get(code)
    except programmes.NoProgramme:
        return
    if purpose is None:
        raise QualityPurposeInvalid("PRIVACY_QUALITY_PURPOSE names no purpose of the programme.")
    if purpose.legal_basis is not LegalBasis.CONSENT or "email" not in purpose.channels:
        raise QualityPurposeInvalid("The purpose of PRIVACY_QUALITY_PURPOSE must rest on consent and use e-mail.")


def to_confirm(subject_id: UUID, *, now: int, realm: Realm) -> ToConfirm:
    """What comes up for confirmation; raises `NotFound`, also for somebody of the other realm."""
    subjects.view(subject_id, realm=realm.value)
    members = subjects.natural_person(subject_id)
    held = subjects.contacts_held_by(members)
    confirmed = confirmations_of(members)
    contacts = confirmed.get(QualityMatter.CONTACTS)
    # Of each contact what its holder last did with it, else when it came here.
    since = [max(one.own_act_at or one.recorded_at, contacts or 0) for one in held]
    acts = consent.acts_of(sorted(members))
    own = [one.received_at for one in acts if one.proof == ProofGrade.OWN_ACT]
    choices = max([*own, confirmed.get(QualityMatter.PREFERENCES) or 0])
    oldest = choices or min((one.received_at for one in acts), default=None)
    return ToConfirm(
        subject_id,
        (
            Asked(QualityMatter.CONTACTS, is_over(QualityMatter.CONTACTS, min(since, default=None), now), contacts),
            Asked(QualityMatter.PREFERENCES, is_over(QualityMatter.PREFERENCES, oldest, now), choices or None),
        ),
        tuple(held),
    )


def confirm(subject_id: UUID, matters: Collection[QualityMatter], *, actor: Actor, realm: Realm) -> None:
    """The person says that these are right, in the open unit of work; raises `NotFound`."""
    subjects.view(subject_id, realm=realm.value)
    members, now = subjects.natural_person(subject_id), clock.micros()
    subjects.hold([subject_id])
    for matter in sorted(set(matters)):
        _row(subject_id, matter).confirmed_at = now
    if QualityMatter.CONTACTS in matters:
        _settle(members, now)
    said = sorted(set(matters))
    content = {"subject": str(subject_id), "matters": said, "at": now}
    audit.record(
        "data_quality.confirmed",
        actor=actor,
        object_type="subject",
        object_id=subject_id,
        content=content,
        subject_id=subject_id,
        details={"matters": said},
    )


def ask(contact: WalkedContact, name: ContactName, purpose: str, *, now: int, actor: Actor) -> bool:
    """Ask the holder of an e-mail address by message, in the open unit of work; says whether one goes out.

    Only where something comes up, nobody asked within the period, and this very contact may be used for that purpose.
    """
    programme = programmes.current()
    asked = to_confirm(contact.subject_id, now=now, realm=contact.realm)
    due = [one.matter for one in asked.matters if one.due]
    if not due or not _may(contact, name, purpose, actor, programme):
        return False
    members = subjects.natural_person(contact.subject_id)
    if _asked_lately(members, now):
        return False
    subjects.hold([contact.subject_id])
    for matter in QualityMatter:
        _row(contact.subject_id, matter).asked_at = now
    if _enqueue(contact, name, programme.purposes[purpose], now, programme) is None:
        return False
    content = {"subject": str(contact.subject_id), "matters": due, "at": now}
    audit.record(
        "data_quality.asked",
        actor=actor,
        object_type="subject",
        object_id=contact.subject_id,
        content=content,
        subject_id=contact.subject_id,
        details={"matters": due},
    )
    return True


def confirmations_of(subject_ids: Collection[UUID]) -> Mapping[QualityMatter, int]:
    """When any of these subjects last confirmed each matter."""
    found: dict[QualityMatter, int] = {}
    for ids in in_parts(sorted(subject_ids)):
        query = sa.select(QualityConfirmation).where(QualityConfirmation.subject_id.in_(ids))
        for row in session().scalars(query):
            if row.confirmed_at is not None:
                matter = QualityMatter(row.matter)
                found[matter] = max(row.confirmed_at, found.get(matter, 0))
    return found


def is_over(matter: QualityMatter, since: int | None, now: int) -> bool:
    """Whether what was right then is to be asked for again; nothing is asked where there is nothing."""
    if since is None:
        return False
    zone = programmes.current().zone
    return PERIODS[matter].after(days.day_of(since, zone)) <= days.day_of(now, zone)


def _asked_lately(members: Collection[UUID], now: int) -> bool:
    asked: list[int] = []
    for ids in in_parts(sorted(members)):
        query = sa.select(sa.func.max(QualityConfirmation.asked_at)).where(QualityConfirmation.subject_id.in_(ids))
        asked += [one for one in session().scalars(query) if one is not None]
    return bool(asked) and not is_over(QualityMatter.CONTACTS, max(asked), now)


def _may(contact: WalkedContact, name: ContactName, purpose: str, actor: Actor, programme: Programme) -> bool:
    """As a campaign would be answered; what cannot be decided now is no."""
    naming = Naming(contact.realm, contacts={ContactKind.EMAIL: name}, ref=contact.subject_id)
    question = CheckIn(naming, programme.purposes[purpose], "email")
    try:
        answer = consent.check(question, actor=actor, programme=programme, driver=Driver.of(session()))
    except Unavailable:
        return False
    return answer.decision.allowed


def _enqueue(
    contact: WalkedContact, name: ContactName, purpose: Purpose, now: int, programme: Programme
) -> UUID | None:
    # Whoever has the consent asks.
    controller = programme.controllers[purpose.controllers[0]]
    spoken = (one.locale for one in consent.acts_of([contact.subject_id]) if one.locale)
    locale = next(spoken, programme.jurisdiction.locales[0])
    values = {
        "URL": controller.preferences_url or controller.url or controller.email,
        "EMAIL": controller.email,
        "CONTROLLER": controller.name,
    }
    return outbox.enqueue(
        outbox.Message(_TEMPLATE, locale, values),
        key=load_owner_key(session(), keyring.installed(), contact.subject_id),
        to=name.normal.given,
        cause=uuid5(contact.subject_id, f"quality/{days.day_of(now, programme.zone)}"),
        not_after=now + _WORTH,
        realm=contact.realm,
        subject_id=contact.subject_id,
    )


def _row(subject_id: UUID, matter: QualityMatter) -> QualityConfirmation:
    row = session().get(QualityConfirmation, (subject_id, matter.value), populate_existing=True)
    if row is None:
        row = QualityConfirmation(subject_id=subject_id, matter=matter.value, confirmed_at=None, asked_at=None)
        session().add(row)
    return row


def _settle(members: Collection[UUID], now: int) -> None:
    settled = (FindingKind.UNCONFIRMED.value, FindingKind.OLD.value)
    for ids in in_parts(sorted(members)):
        rows = sa.update(QualityFinding).where(
            QualityFinding.subject_id.in_(ids),
            QualityFinding.kind.in_(settled),
            QualityFinding.state == FindingState.OPEN.value,
        )
        values = {"state": FindingState.SETTLED.value, "decided_at": now}
        session().execute(rows.values(values).execution_options(synchronize_session="fetch"))
