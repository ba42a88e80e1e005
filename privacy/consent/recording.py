"""Record consent acts (GDPR Art. 7): the one way in for the API, imports and pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import act_row, acts
from privacy.consent.act_row import Receipt
from privacy.consent.acts import ActKind
from privacy.consent.confirmation import Redeemed, redeem, request_message
from privacy.consent.intake import ActIn, Cited, Record, Recorded, Source, check_shape
from privacy.consent.ledger import Ledger
from privacy.consent.writing import Writer, channels_of, kinds_of
from privacy.db import Driver, session
from privacy.programme.types import ContactKind, Programme, ProofGrade
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactRow, Enlisted, Naming, SubjectRow

__all__ = ["ActIn", "Cited", "Record", "Recorded", "Source", "check_shape", "record", "record_many"]

#: So many acts at most in one call: all their people stay locked until the commit, which others wait for.
MOST_AT_ONCE = 1_000


def record(given: ActIn, *, actor: Actor, programme: Programme, now: int | None = None) -> Recorded:
    """Record one act in the open unit of work. A repeat changes nothing and answers with the first.

    A "no" is always accepted. A `give` that cannot count is kept without effect and says why. Raises `InvalidInput`
    for an unknown purpose or channel, `WrongCode` for a confirmation code, `NotFound` for an unknown reference.
    """
    [recorded] = record_many([given], actor=actor, programme=programme, now=now)
    return recorded


def record_many(
    given: Sequence[ActIn], *, actor: Actor, programme: Programme, now: int | None = None
) -> list[Recorded]:
    """Record acts in the open unit of work: the same rows as by `record` on each in order, in a few statements.

    What a decision says is as of all of them. Raises what `record` raises, for the whole call. Call it once in a unit
    of work: everybody whom the acts name is locked in one go, so that no two writers wait for each other in a circle.
    """
    if len(given) > MOST_AT_ONCE:
        raise ValueError(f"at most {MOST_AT_ONCE} acts in one call")
    received = clock.micros() if now is None else now
    for one in given:
        check_shape(one, programme)
    current = session()
    current.flush()
    driver = Driver.of(current)
    entries = [_entry(one, received) for one in given]
    people = subjects.lock_named(driver, [naming for one in entries for naming in one.namings()])
    desk = _Desk(Ledger(driver, people), programme, actor, received)
    desk.read(entries)
    recorded = [desk.record(entry) for entry in entries]
    driver.run_later([*people.work(), *desk.ledger.work()])
    desk.ask()
    return recorded


@dataclass(frozen=True)
class _Entry:
    """An act with the request that its code confirms, if any."""

    given: ActIn
    redeemed: Redeemed | None = None

    def namings(self) -> list[Naming]:
        """Everybody whom it names."""
        return [self.given.naming] if self.given.by is None else [self.given.naming, self.given.by]


def _entry(given: ActIn, received: int) -> _Entry:
    if given.act is not ActKind.CONFIRM or given.code is None:
        return _Entry(given)
    redeemed = redeem(given.naming, given.purpose or "", given.code, received)
    return _Entry(_of_redeemed(given, redeemed), redeemed)


def _of_redeemed(given: ActIn, redeemed: Redeemed) -> ActIn:
    """A confirmation by code belongs to the request that sent the code, whoever typed it in."""
    return replace(
        given,
        naming=Naming(given.naming.realm, ref=redeemed.subject_id),
        channels=(redeemed.channel,),
        source=replace(given.source, proof=ProofGrade.OWN_ACT),
    )


class _Desk:
    """Where the acts of one call are recorded, one after another."""

    def __init__(self, ledger: Ledger, programme: Programme, actor: Actor, received: int) -> None:
        self.ledger = ledger
        self.people = ledger.people
        self._programme = programme
        self._actor = actor
        self._received = received
        self._writers: list[Writer] = []

    def read(self, entries: Sequence[_Entry]) -> None:
        """What is recorded of everybody named, and which of the acts were recorded before."""
        self.ledger.read({index for entry in entries for index in self._indexes(entry)})
        named = [self._known(naming) for entry in entries for naming in entry.namings()]
        self.people.read_links({subject.id for together in named if len(together) > 1 for subject in together})
        confirming = [entry.given.naming for entry in entries if entry.given.act is ActKind.CONFIRM]
        self.ledger.read_acts({subject.id for naming in confirming for subject in self._known(naming)})

    def record(self, entry: _Entry) -> Recorded:
        """Record one act, as those before it left its people."""
        given = entry.given
        held_from = min(given.claim.start if given.claim is not None else self._received, self._received)
        enlisted = self._enlist(given.naming, given, held_from)
        if (redeemed := self._redeemed_contact(entry)) is not None:
            enlisted.held[ContactKind(redeemed.kind)] = redeemed
        by_id = None
        if given.by is not None:
            by = self._enlist(given.by, given, self._received)
            enlisted.changed |= by.changed
            by_id = by.leading.id
        writer = Writer(self.ledger, enlisted, self._receipt(given, by_id))
        records = writer.records()
        self._writers.append(writer)
        leading = enlisted.leading
        return Recorded(leading.id, records, enlisted.head(leading).version, self._received)

    def ask(self) -> None:
        """Put the messages of a double opt-in into the outbox; their confirmations stand on acts that are written."""
        for writer in self._writers:
            for target, values in writer.requests:
                confirmation = request_message(
                    self._programme,
                    writer.given.naming,
                    target,
                    act_id=values["id"],
                    locale=values["locale"],
                    now=self._received,
                )
                if confirmation is not None:
                    session().add(confirmation)

    def _enlist(self, naming: Naming, given: ActIn, held_from: int) -> Enlisted:
        return subjects.enlist(
            self.people,
            self._programme,
            naming,
            actor=self._actor,
            source=given.source.system,
            held_from=held_from,
        )

    def _receipt(self, given: ActIn, by_id: UUID | None) -> Receipt:
        timed = acts.interval(given.act, given.claim, self._received, given.source.timing, dated=given.dated)
        return Receipt(given, self._programme, self._actor, timed, self._received, by_id)

    def _known(self, naming: Naming) -> list[SubjectRow]:
        return [subject for subject in self.people.named(naming) if subject is not None]

    def _redeemed_contact(self, entry: _Entry) -> ContactRow | None:
        """The contact that the code went to."""
        if entry.redeemed is None:
            return None
        held = self.people.contacts(entry.redeemed.subject_id).values()
        return next((contact for contact in held if contact.id == entry.redeemed.contact_id), None)

    def _indexes(self, entry: _Entry) -> Iterator[bytes]:
        """The indexes under which an act may have been recorded before."""
        given, by_id = entry.given, None
        if given.once is None:
            # What named the same before would have made them all.
            by = self.people.named(given.by)[0] if given.by is not None else None
            if not self._known(given.naming) or (given.by is not None and by is None):
                return
            by_id = by.id if by is not None else None
        receipt = self._receipt(given, by_id)
        if receipt.repeatable:
            redeemed = self._redeemed_contact(entry)
            held = {*given.naming.contacts, *([ContactKind(redeemed.kind)] if redeemed else [])}
            for channel in channels_of(receipt):
                for kind in kinds_of(receipt, channel, held):
                    yield act_row.repeat_index_of(receipt, channel, kind)
