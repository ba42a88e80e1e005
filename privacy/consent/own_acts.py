"""The person's own act on a contact, which outweighs older entries on the suppression list."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from privacy.consent.acts import ANY, ActKind
from privacy.consent.models import ConsentAct
from privacy.db import session
from privacy.programme.types import Programme, ProofGrade
from privacy.subjects import service as subjects


def outweighs_suppression(
    programme: Programme, kind: ActKind | str, purpose: str, *, proof: str, effective: bool
) -> bool:
    """Whether an act shows that the person wants the contact used again.

    Where the purpose demands double opt-in only the confirmation does: anybody may type in somebody else's address.
    """
    if not effective or proof != ProofGrade.OWN_ACT or purpose == ANY:
        return False
    wanted = programme.purposes.get(purpose)
    return kind == ActKind.CONFIRM or (kind == ActKind.GIVE and wanted is not None and not wanted.double_opt_in)


def newest(programme: Programme, contact_ids: set[UUID], *, until: int | None = None) -> Mapping[UUID, int]:
    """When the newest such act on each contact surely took place, of those received by `until` and not annulled."""
    annulment = sa.orm.aliased(ConsentAct)
    query = sa.select(ConsentAct).where(
        ConsentAct.contact_id.in_(contact_ids),
        ConsentAct.act.in_([ActKind.GIVE.value, ActKind.CONFIRM.value]),
        ~sa.exists().where(annulment.refers_to == ConsentAct.id, _known(annulment.received_at, until)),
        _known(ConsentAct.received_at, until),
    )
    found: dict[UUID, int] = {}
    for act in session().scalars(query):
        effective = act.no_effect is None
        if act.contact_id is not None and outweighs_suppression(
            programme, act.act, act.purpose, proof=act.proof, effective=effective
        ):
            found[act.contact_id] = max(act.earliest, found.get(act.contact_id, act.earliest))
    return found


def renew(programme: Programme, contact_ids: set[UUID]) -> None:
    """Write down anew what stands on contacts some of whose acts were taken out of the fold."""
    found = newest(programme, contact_ids)
    for contact_id in sorted(contact_ids):
        subjects.set_own_act(contact_id, found.get(contact_id))


def _known(received_at: sa.SQLColumnExpression[int], until: int | None) -> sa.ColumnElement[bool]:
    return sa.true() if until is None else received_at <= until
