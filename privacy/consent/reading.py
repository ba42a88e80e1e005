"""Read what is recorded: one act, a person's history and preferences, the queue of acts without effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import checking
from privacy.consent.acts import ActKind
from privacy.consent.asked import CheckIn
from privacy.consent.checking import CheckOut
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.db import Driver, in_parts, session
from privacy.errors import NotFound
from privacy.programme.types import LegalBasis, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming, SubjectView


@dataclass(frozen=True)
class ActView:
    """A recorded act as an answer shows it."""

    id: UUID
    subject_id: UUID
    act: ActKind
    purpose: str
    channel: str
    contact_id: UUID | None
    claimed_at: int | None
    earliest: int
    latest: int
    received_at: int
    wording: tuple[str, str | None] | None
    locale: str | None
    text_sha256: str | None
    notice: tuple[str, str | None] | None
    source: tuple[str, str | None, str | None]
    proof: str
    #: Whether the statement was express (Art. 9, 22, 49).
    explicit: bool
    #: By what mandate somebody else acted for the person; None where nobody did.
    mandate: str | None
    no_effect: str | None
    annulled: bool
    refers_to: UUID | None


def act(act_id: UUID, *, actor: Actor) -> ActView:
    """One act; raises `NotFound`, also for an act in the other realm."""
    row = session().get(ConsentAct, act_id)
    if (
        row is None
        or session().scalar(subjects.ids_of_realm(actor.realm.value).where(subjects.is_subject(row.subject_id))) is None
    ):
        raise NotFound("There is no such record.")
    return _view(row, {row.id} if _annulled([row.id]) else set())


def history(subject_id: UUID, *, actor: Actor) -> list[ActView]:
    """Every act of a person, newest receipt first; raises `NotFound`."""
    person = subjects.view(subject_id, realm=actor.realm.value)
    return acts_of(person.members)


def acts_of(subject_ids: Sequence[UUID]) -> list[ActView]:
    """Every act that enters the fold of these subjects, newest receipt first."""
    also = sa.select(ConsentActAlso.act_id).where(ConsentActAlso.subject_id.in_(subject_ids))
    rows = list(
        session().scalars(
            sa.select(ConsentAct)
            .where(sa.or_(ConsentAct.subject_id.in_(subject_ids), ConsentAct.id.in_(also)))
            .order_by(ConsentAct.received_at.desc(), ConsentAct.id.desc())
        )
    )
    annulled = _annulled([row.id for row in rows])
    return [_view(row, annulled) for row in rows]


def views_of(act_ids: Sequence[UUID]) -> list[ActView]:
    """These acts, newest first; ids of none are left out. Who may see them is for the caller to know."""
    rows = [row for part in in_parts(act_ids) for row in session().scalars(_these(part))]
    annulled = {found for part in in_parts(act_ids) for found in _annulled(part)}
    return [_view(row, annulled) for row in sorted(rows, key=lambda row: row.id, reverse=True)]


def _these(act_ids: Sequence[UUID]) -> sa.Select[ConsentAct]:
    return sa.select(ConsentAct).where(ConsentAct.id.in_(act_ids))


def _annulled(act_ids: Sequence[UUID]) -> set[UUID]:
    query = sa.select(ConsentAct.refers_to).where(ConsentAct.refers_to.in_(act_ids))
    return {found for found in session().scalars(query) if found is not None}


def _view(row: ConsentAct, annulled: set[UUID]) -> ActView:
    return ActView(
        id=row.id,
        subject_id=row.subject_id,
        act=ActKind(row.act),
        purpose=row.purpose,
        channel=row.channel,
        contact_id=row.contact_id,
        claimed_at=row.claimed_at,
        earliest=row.earliest,
        latest=row.latest,
        received_at=row.received_at,
        wording=(row.wording_code, row.wording_version) if row.wording_code else None,
        locale=row.locale,
        text_sha256=row.text_sha256,
        notice=(row.notice_code, row.notice_version) if row.notice_code else None,
        source=(row.source_system, row.source_point, row.source_method),
        proof=row.proof,
        explicit=bool(row.explicit),
        mandate=row.mandate if row.by_subject_id else None,
        no_effect=row.no_effect,
        annulled=row.id in annulled,
        refers_to=row.refers_to,
    )


def preferences(subject_id: UUID, *, actor: Actor, programme: Programme) -> tuple[SubjectView, list[CheckOut]]:
    """A person's choices: the decision for each purpose and channel that rests on consent; raises `NotFound`."""
    person = subjects.view(subject_id, realm=actor.realm.value)
    naming = Naming(actor.realm, ref=subject_id)
    return person, subjects.steadily(None, lambda driver: _choices(naming, actor, programme, driver))


def _choices(naming: Naming, actor: Actor, programme: Programme, driver: Driver) -> list[CheckOut]:
    found = []
    for purpose in programme.purposes.values():
        today = clock.now().astimezone(programme.zone).date()
        channels: list[str | None] = [*sorted(purpose.channels)] or [None]
        for channel in channels:
            asks = purpose.legal_basis is LegalBasis.CONSENT or (
                channel is not None and programme.needs_channel_consent(purpose, channel, today)
            )
            if asks:
                asked = CheckIn(naming, purpose, channel)
                found.append(checking.check(asked, actor=actor, programme=programme, driver=driver))
    return found


def purpose_in_use(code: str) -> bool:
    """Whether any act names the purpose; it cannot vanish from the programme then."""
    return session().scalar(sa.select(ConsentAct.id).where(ConsentAct.purpose == code).limit(1)) is not None
