"""Load what a decision needs: the situation as it is, on the hot path, or as it was known at a past moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.consent import policy
from privacy.consent.acts import ANY, NO_CHANNEL
from privacy.consent.decision import Holding, Node, Situation, Suppressed
from privacy.consent.models import ConsentFact, Suppression
from privacy.consent.policy import Facts
from privacy.db import Driver, Id, Statement, as_uuid
from privacy.programme.types import LegalBasis, Purpose, PurposeClass
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, Standing

SUPPRESSIONS = Statement(
    sa.select(
        Suppression.suppressed_at,
        Suppression.scope,
        Suppression.recorded_at,
        Suppression.lifted_at,
        Suppression.ends_at,
    ).where(Suppression.contact_index == sa.bindparam("contact_index"))
)
VERSION_OF = Statement(subjects.version_of(sa.bindparam("subject_id", type_=Id)))


#: How many accounts are named, whether a reference is, whether a contact is, and whether no channel plays a part.
Shape = tuple[int, bool, bool, bool]


@dataclass(frozen=True)
class Wanted:
    """Who and what a situation is loaded for."""

    purpose: Purpose
    channel: str | None
    #: Kind of contact that the channel needs; None where it needs none.
    contact_kind: str | None
    accounts: tuple[bytes, ...] = ()
    ref: UUID | None = None
    contact: bytes | None = None

    def shape(self) -> Shape:
        """What tells the statements for two questions apart."""
        return len(self.accounts), self.ref is not None, self.contact is not None, self.channel is None

    def binds(self) -> dict[str, Any]:
        """Values for the statement of this shape. A row of `*` counts only where such an act means this purpose."""
        values: dict[str, Any] = {f"account{n}": index for n, index in enumerate(self.accounts)}
        values |= {
            "purpose": self.purpose.code,
            "any_purpose": ANY if means_any(self.purpose) else self.purpose.code,
            "channel": self.channel or NO_CHANNEL,
            "kind": self.contact_kind or "",
        }
        if self.ref is not None:
            values["ref"] = self.ref
        if self.contact is not None:
            values["contact"] = self.contact
        return values


def means_any(purpose: Purpose) -> bool:
    """Whether an act that names no purpose means this one: marketing (Art. 21(2)), and whatever rests on consent."""
    return purpose.purpose_class is PurposeClass.MARKETING or purpose.legal_basis is LegalBasis.CONSENT


def bears_on(pair: tuple[str, str], purpose: Purpose, channel: str | None) -> bool:
    """Whether acts on a pair have a say on a purpose and channel, as `statement` chooses them.

    A purpose without channels is meant whatever channel an act on it names.
    """
    if pair[0] == purpose.code:
        return channel is None or pair[1] in {channel, ANY}
    return pair[0] == ANY and means_any(purpose) and pair[1] in {channel or ANY, ANY}


def on_pair(facts: Facts, recorded: str, channel: str | None) -> Facts:
    """What facts recorded on a channel say. On one that the purpose does not have, a "no" counts and nothing else.

    For all it may mean it may mean the purpose itself; a consent to a channel is none to more than it.
    """
    return facts if channel is not None or recorded in {NO_CHANNEL, ANY} else Facts(noes=facts.noes)


@dataclass
class Loaded:
    """A situation and what else came with it."""

    situation: Situation
    #: Subjects named by accounts or reference that exist.
    accounts: frozenset[UUID]
    realms: dict[UUID, str] = field(default_factory=dict)
    #: The person's version, by its id.
    versions: dict[UUID, int] = field(default_factory=dict)


@lru_cache(maxsize=64)
def statement(shape: Shape) -> Statement:
    """One statement that loads everybody whom a question of this shape may concern, with contacts and facts."""
    accounts, ref, contact, any_channel = shape
    named = subjects.named_by(accounts=accounts, ref=ref, contact=contact)
    on_channel = ConsentFact.channel.in_([sa.bindparam("channel"), sa.literal_column("'*'")])
    return Statement(
        subjects.family_of(named, kind=sa.bindparam("kind", type_=sa.String))
        .add_columns(ConsentFact.purpose, ConsentFact.channel, ConsentFact.facts)
        .outerjoin(
            ConsentFact,
            sa.and_(
                ConsentFact.subject_id == subjects.FAMILY_ID,
                ConsentFact.purpose.in_([sa.bindparam("purpose"), sa.bindparam("any_purpose")]),
                sa.true() if any_channel else on_channel,
            ),
        )
    )


class _Ids(dict[UUID | bytes, UUID]):
    """Ids as the driver returned them, each converted once: most of a person's are the same one."""

    def __missing__(self, raw: UUID | bytes) -> UUID:
        self[raw] = as_uuid(raw)
        return self[raw]


def situation_of(rows: Iterable[tuple[Any, ...]], wanted: Wanted) -> Loaded:
    """The situation from the rows of `statement`."""
    nodes: dict[UUID, Node] = {}
    facts: dict[UUID, dict[tuple[str, str], Facts]] = {}
    holdings: dict[UUID, Holding] = {}
    accounts: set[UUID] = set()
    loaded = Loaded(Situation({}, {}), frozenset())
    indexes = set(wanted.accounts)
    known = _Ids()
    for row in rows:
        subject_id = known[row[0]]
        if subject_id not in nodes:
            person = known[row[1]]
            alone = row[5] == "contact"
            nodes[subject_id] = Node(
                subject_id,
                person,
                known[row[2]],
                known[row[3]],
                None if row[4] is None else known[row[4]],
                Standing(row[8]),
                AgeClass(row[9]) if row[9] else None,
                alone,
            )
            loaded.realms[subject_id] = row[6]
            if subject_id == person:
                loaded.versions[person] = row[7]
            if subject_id == wanted.ref or (row[10] is not None and bytes(row[10]) in indexes):
                accounts.add(subject_id)
        if row[11] is not None:
            holding_id = known[row[11]]
            if holding_id not in holdings:
                holdings[holding_id] = Holding(
                    holding_id, subject_id, bytes(row[12]), row[13], row[14], row[15] == "reassigned", row[16]
                )
        if row[17] is not None and (wanted.channel or bears_on((row[17], row[18]), wanted.purpose, None)):
            pairs = facts.setdefault(subject_id, {})
            if (row[17], row[18]) not in pairs:
                pairs[row[17], row[18]] = on_pair(policy.unpack(bytes(row[19])), row[18], wanted.channel)
    loaded.situation = Situation(nodes, {s: list(p.values()) for s, p in facts.items()}, list(holdings.values()))
    loaded.accounts = frozenset(accounts)
    return loaded


def suppressed(rows: Iterable[tuple[Any, ...]], *, known_at: int | None = None) -> list[Suppressed]:
    """Entries in force, now or as was known at a moment."""
    return [
        Suppressed(at, scope == "contact")
        for at, scope, recorded_at, lifted_at, ends_at in rows
        if (lifted_at is None or (known_at is not None and lifted_at > known_at))
        and (known_at is None or recorded_at <= known_at)
        and (ends_at is None or ends_at > (clock.micros() if known_at is None else known_at))
    ]


def load(driver: Driver, wanted: Wanted) -> Loaded:
    """The situation as it is committed now."""
    return situation_of(driver.rows(statement(wanted.shape()), wanted.binds()), wanted)
