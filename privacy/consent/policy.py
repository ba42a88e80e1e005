"""The fold: what a set of acts on one purpose and channel amounts to. Pure, and the same for any order.

`fold` never judges by today's rules: expiry, wording periods, classes and least proof are `decision.decide`'s. Doubt
resolves to "no": a `give` survives only if it surely happened after every "no" in its scope.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from privacy.consent.acts import NOES, UNPROVABLE, Act, ActKind


class Give(msgspec.Struct, frozen=True, array_like=True, order=False):
    """A `give` or `request` that no "no" of its own row outweighs."""

    earliest: int
    latest: int
    act_id: UUID
    #: `give` or `request`.
    kind: str
    contact: UUID | None
    wording: tuple[str, str] | None
    proof: str
    explicit: bool
    setting: str
    age_class: str | None
    represented: bool
    #: False where nobody can show what was agreed to.
    provable: bool
    named: tuple[UUID, ...]

    def sort(self) -> tuple[object, ...]:
        """Everything that tells two gives apart but their time: of such, only the newest matters."""
        return (
            self.kind,
            self.contact,
            self.wording,
            self.proof,
            self.explicit,
            self.setting,
            self.age_class,
            self.represented,
            self.provable,
            self.named,
        )


class No(msgspec.Struct, frozen=True, array_like=True):
    """The newest "no" of one kind on one contact (or on all of them)."""

    latest: int
    act_id: UUID
    kind: str
    contact: UUID | None

    def covers(self, contact: UUID | None) -> bool:
        """Whether it stands against a `give` on that contact. None: against all contacts."""
        return self.contact is None or self.contact == contact


class Confirmed(msgspec.Struct, frozen=True, array_like=True):
    """The newest confirmation of one grade of proof on one contact."""

    earliest: int
    contact: UUID | None
    proof: str


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """The fold of a subject's acts on one purpose and channel."""

    gives: tuple[Give, ...] = ()
    noes: tuple[No, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
    #: Newest moment at which an objection was surely lifted.
    lifted_at: int | None = None
    #: Newest moment at which consent may have been asked for.
    asked_at: int | None = None
    #: Newest moment at which a notice was given.
    informed_at: int | None = None


NOTHING = Facts()

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(Facts)


def pack(facts: Facts) -> bytes:
    """The stored form of facts; equal facts give equal bytes."""
    return _encoder.encode(facts)


def unpack(stored: bytes) -> Facts:
    """Facts from their stored form."""
    return _decoder.decode(stored)


def fold(acts: Iterable[Act]) -> Facts:
    """What the acts on one purpose and channel amount to; any order and any repetition give the same facts."""
    every = {act.id: act for act in acts}
    annulled = {act.refers_to for act in every.values() if act.kind is ActKind.ANNUL}
    counted = [act for act in every.values() if act.id not in annulled]
    noes = _newest_noes(counted)
    confirmed = _newest_confirmations(counted)
    return Facts(
        gives=_surviving(counted, noes, confirmed),
        noes=noes,
        confirmed=confirmed,
        lifted_at=max((a.earliest for a in _effective(counted, ActKind.LIFT_OBJECTION)), default=None),
        asked_at=max((a.latest for a in counted if a.kind is ActKind.REQUEST), default=None),
        informed_at=max((a.latest for a in counted if a.kind is ActKind.INFORM), default=None),
    )


def extend(facts: Facts, act: Act) -> Facts | None:
    """The facts with one more act: what `fold` would make of all acts, without reading them again.

    None for a confirmation or an annulment: these may bring back what the facts no longer hold, so fold anew.
    """
    if act.kind in {ActKind.CONFIRM, ActKind.ANNUL}:
        return None
    added = fold([act])
    noes = _merge_noes((*facts.noes, *added.noes))
    gives = [g for g in (*facts.gives, *added.gives) if _outlives(g, noes)]
    return Facts(
        gives=_newest_of_each_sort(gives, facts.confirmed),
        noes=noes,
        confirmed=facts.confirmed,
        lifted_at=_later(facts.lifted_at, added.lifted_at),
        asked_at=_later(facts.asked_at, added.asked_at),
        informed_at=_later(facts.informed_at, added.informed_at),
    )


def _later(one: int | None, other: int | None) -> int | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _effective(acts: Iterable[Act], kind: ActKind) -> list[Act]:
    return [act for act in acts if act.kind is kind and act.no_effect is None]


def _newest_noes(acts: Iterable[Act]) -> tuple[No, ...]:
    return _merge_noes(No(act.latest, act.id, act.kind.value, act.contact) for act in acts if act.kind in NOES)


def _merge_noes(noes: Iterable[No]) -> tuple[No, ...]:
    newest: dict[tuple[str, UUID | None], No] = {}
    for no in noes:
        known = newest.get((no.kind, no.contact))
        if known is None or (no.latest, no.act_id) > (known.latest, known.act_id):
            newest[no.kind, no.contact] = no
    return tuple(sorted(newest.values(), key=lambda no: (no.latest, no.act_id)))


def _newest_confirmations(acts: Iterable[Act]) -> tuple[Confirmed, ...]:
    newest: dict[tuple[UUID | None, str], int] = {}
    for act in _effective(acts, ActKind.CONFIRM):
        sort = (act.contact, act.proof)
        newest[sort] = max(act.earliest, newest.get(sort, act.earliest))
    ordered = sorted(newest.items(), key=lambda item: (item[1], str(item[0])))
    return tuple(Confirmed(at, contact, proof) for (contact, proof), at in ordered)


def _surviving(acts: Iterable[Act], noes: tuple[No, ...], confirmed: tuple[Confirmed, ...]) -> tuple[Give, ...]:
    gives = [
        _give(act)
        for act in acts
        if act.kind in {ActKind.GIVE, ActKind.REQUEST} and (act.no_effect is None or act.no_effect in UNPROVABLE)
    ]
    return _newest_of_each_sort([give for give in gives if _outlives(give, noes)], confirmed)


def _outlives(give: Give, noes: Iterable[No]) -> bool:
    return all(give.earliest > no.latest for no in noes if no.covers(give.contact))


def _newest_of_each_sort(gives: Iterable[Give], confirmed: tuple[Confirmed, ...]) -> tuple[Give, ...]:
    """Of each sort of gives the newest, and the newest that was confirmed, for each grade of confirmation."""
    sorts: dict[tuple[object, ...], list[Give]] = {}
    for give in gives:
        sorts.setdefault(give.sort(), []).append(give)
    kept: dict[UUID, Give] = {}
    for alike in sorts.values():
        alike.sort(key=lambda give: (give.earliest, give.latest, give.act_id))
        kept[alike[-1].act_id] = alike[-1]
        for confirmation in confirmed:
            for give in [g for g in alike if confirms(confirmation, g)][-1:]:
                kept[give.act_id] = give
    return tuple(sorted(kept.values(), key=lambda give: (give.earliest, give.act_id)))


def confirms(confirmation: Confirmed, give: Give) -> bool:
    """Whether a confirmation is on the give's contact and no older than it."""
    return confirmation.earliest >= give.earliest and confirmation.contact == give.contact


def is_confirmed(give: Give, confirmed: Iterable[Confirmed]) -> bool:
    """Whether any of these confirms the give."""
    return any(confirms(confirmation, give) for confirmation in confirmed)


def _give(act: Act) -> Give:
    return Give(
        earliest=act.earliest,
        latest=act.latest,
        act_id=act.id,
        kind=act.kind.value,
        contact=act.contact,
        wording=act.wording,
        proof=act.proof,
        explicit=act.explicit,
        setting=act.setting,
        age_class=act.age_class,
        represented=act.represented,
        provable=act.no_effect is None,
        named=act.named,
    )
