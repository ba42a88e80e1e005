"""Record consent acts (GDPR Art. 7): the one way in for the API, imports and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import act_row, acts, outcome, own_acts, policy, rows
from privacy.consent.act_row import Receipt, Target
from privacy.consent.acts import ANY, NO_CHANNEL, Act, ActKind
from privacy.consent.confirmation import Redeemed, redeem, request_message
from privacy.consent.intake import ActIn, Cited, Record, Recorded, Source, check_shape
from privacy.consent.policy import Facts
from privacy.db import Driver, Statement, as_uuid, session
from privacy.programme.types import ContactKind, Programme, ProofGrade
from privacy.subjects import service as subjects
from privacy.subjects.service import Enlisted, Naming, SubjectRow

__all__ = ["ActIn", "Cited", "Record", "Recorded", "Source", "check_shape", "record"]

#: How long IP address and user agent are kept: long enough to look into a dispute about the form.
NETWORK_EVIDENCE_KEPT = 90 * clock.DAY
_ACTIONS = {
    ActKind.REQUEST: "consent.requested",
    ActKind.GIVE: "consent.given",
    ActKind.CONFIRM: "consent.confirmed",
    ActKind.REFUSE: "consent.refused",
    ActKind.WITHDRAW: "consent.withdrawn",
    ActKind.OBJECT: "consent.objected",
    ActKind.LIFT_OBJECTION: "consent.objection_lifted",
    ActKind.INFORM: "consent.informed",
    ActKind.INVALIDATE: "consent.invalidated",
}


def record(given: ActIn, *, actor: Actor, programme: Programme, now: int | None = None) -> Recorded:
    """Record one act in the open unit of work. A repeat changes nothing and answers with the first.

    A "no" is always accepted. A `give` that cannot count is kept without effect and says why. Raises `InvalidInput`
    for an unknown purpose or channel, `WrongCode` for a confirmation code, `NotFound` for an unknown reference.
    """
    received = clock.micros() if now is None else now
    check_shape(given, programme)
    current = session()
    current.flush()
    driver = Driver.of(current)
    redeemed = None
    if given.act is ActKind.CONFIRM and given.code is not None:
        redeemed = redeem(given.naming, given.purpose or "", given.code, received)
        given = _of_redeemed(given, redeemed)
    held_from = min(given.claim.start if given.claim is not None else received, received)
    enlisted = _enlist(driver, programme, given.naming, actor, given.source.system, held_from)
    if redeemed is not None:
        enlisted.held |= {ContactKind(c.kind): c for c in enlisted.contacts if c.id == redeemed.contact_id}
    by_id = None
    if given.by is not None:
        by = _enlist(driver, programme, given.by, actor, given.source.system, received)
        enlisted.work += by.work
        by_id = by.leading.id
    timed = acts.interval(given.act, given.claim, received, given.source.timing, dated=given.dated)
    writer = _Writer(driver, enlisted, Receipt(given, programme, actor, timed, received, by_id))
    records = [writer.write(target) for target in writer.targets()]
    writer.finish()
    leading = enlisted.leading
    return Recorded(leading.id, records, enlisted.head(leading).version, received)


def _enlist(
    driver: Driver, programme: Programme, naming: Naming, actor: Actor, source: str, held_from: int
) -> Enlisted:
    return subjects.enlist(driver, programme, naming, actor=actor, source=source, held_from=held_from)


def _of_redeemed(given: ActIn, redeemed: Redeemed) -> ActIn:
    """A confirmation by code belongs to the request that sent the code, whoever typed it in."""
    return replace(
        given,
        naming=Naming(given.naming.realm, ref=redeemed.subject_id),
        channels=(redeemed.channel,),
        source=replace(given.source, proof=ProofGrade.OWN_ACT),
    )


class _Writer:
    """Writes the rows of one request."""

    def __init__(self, driver: Driver, enlisted: Enlisted, receipt: Receipt) -> None:
        self.driver = driver
        self.enlisted = enlisted
        self.receipt = receipt
        self.given = receipt.given
        self.programme = receipt.programme
        self.work = list(enlisted.work)
        self.wrote = bool(enlisted.work)
        #: Facts as this request leaves them.
        self.facts: dict[tuple[UUID, str, str], Facts] = {}
        #: Whose facts on which pair were read.
        self._asked: set[tuple[UUID, str, str]] = set()

    # What to write.

    def targets(self) -> list[Target]:
        """The rows of the request: one for each channel, on the account named, or on each contact's own person."""
        purpose = self.given.purpose or ANY
        if self.given.channels is not None:
            channels = list(self.given.channels)
        elif self.given.purpose is not None and not self.programme.purpose(self.given.purpose).channels:
            channels = [NO_CHANNEL]
        else:
            channels = [ANY]
        return [target for channel in channels for target in self._on_channel(purpose, channel)]

    def _on_channel(self, purpose: str, channel: str) -> list[Target]:
        kind = self.programme.channels[channel].contact_kind if channel not in {ANY, NO_CHANNEL} else None
        contact = self.enlisted.held.get(kind) if kind else None
        if self.given.naming.by_account:
            # Naming no purpose means every contact of that kind: a "no" covers all that it may mean.
            return [Target(self.enlisted.leading, purpose, channel, None if purpose == ANY else contact)]
        if contact is not None:
            return [Target(self.enlisted.family[contact.subject_id], purpose, channel, contact)]
        return [Target(subject, purpose, channel, None) for subject in self.enlisted.named]

    # Writing.

    def write(self, target: Target) -> Record:
        """Write one row, unless it was written before."""
        values = act_row.values_of(self.receipt, target)
        repeatable = self.receipt.repeatable and not self._first_of_all()
        people = [s for s in self.enlisted.family.values() if s.person_id == target.subject.person_id]
        questions = self._facts_of(target, people)
        if repeatable:
            questions.append((rows.REPEATED, {"repeat_index": values["repeat_index"]}))
        found = self.driver.rows_of(questions) if questions else []
        for facts in found[: len(questions) - repeatable]:
            self._remember(facts)
        if repeatable and found[-1]:
            act_id, no_effect = found[-1][0]
            first = values | {"id": as_uuid(act_id), "no_effect": no_effect}
            return replace(self._answer(target, first), known=True)
        self._insert(target, values)
        return self._answer(target, values)

    def _first_of_all(self) -> bool:
        """Whether everybody named is made by this very request: what named the same before would have made them."""
        return self.given.once is None and all(s.id in self.enlisted.fresh for s in self.enlisted.named)

    def _facts_of(self, target: Target, people: Iterable[SubjectRow]) -> list[tuple[Statement, Mapping[str, Any]]]:
        """What asks for the facts of these people on the target's pair, as far as nobody has asked."""
        asked: list[tuple[Statement, Mapping[str, Any]]] = []
        for subject in people:
            key = (subject.id, target.purpose, target.channel)
            if subject.id not in self.enlisted.fresh and key not in self._asked:
                self._asked.add(key)
                asked.append((rows.FACTS, self._pair(target, subject.id)))
        return asked

    def _answer(self, target: Target, values: Mapping[str, Any]) -> Record:
        decision = outcome.judge(
            target,
            self.given.act,
            facts=self.facts,
            enlisted=self.enlisted,
            programme=self.programme,
            at=self.receipt.received,
        )
        record = outcome.record_of(target, self.given.act, values, decision)
        contacts = self.given.naming.contacts.values()
        named = next((c for c in contacts if target.contact and c.index == target.contact.index), None)
        return replace(record, named=named)

    def _insert(self, target: Target, values: Mapping[str, Any]) -> None:
        self.wrote = True
        act_id, key = values["id"], target.subject.key
        self.work.append((rows.INSERT_ACT, values))
        also = self._also(target.subject)
        self.work += [(rows.INSERT_ALSO, {"subject_id": s.id, "act_id": act_id, "via": via}) for s, via in also]
        if self.given.network:
            self.work.append((rows.INSERT_NETWORK, self._network(target.subject, act_id)))
        _, event = audit.prepare(
            _ACTIONS[self.given.act],
            actor=self.receipt.actor,
            object_type="consent_act",
            object_id=act_id,
            content=rows.content_of(values),
            subject_id=target.subject.id,
            details={"purpose": target.purpose, "channel": target.channel},
            key=key,
        )
        self.work += event
        if self.given.act is ActKind.REQUEST and self.given.asks:
            self._ask(target, values)
        self._own_act(target, values)
        self._fold(target, values, also)

    def _network(self, subject: SubjectRow, act_id: UUID) -> dict[str, Any]:
        body = msgspec.json.encode(dict(self.given.network))
        return {
            "act_id": act_id,
            "subject_id": subject.id,
            "body_enc": subject.key.seal("network_evidence", "body_enc", act_id, body),
            "key_version": subject.key.version,
            "delete_after": self.receipt.received + NETWORK_EVIDENCE_KEPT,
        }

    def _ask(self, target: Target, values: Mapping[str, Any]) -> None:
        """Put the one message of a double opt-in into the outbox."""
        self._send()  # The confirmation below stands on the act.
        confirmation = request_message(
            self.programme,
            self.given.naming,
            target,
            act_id=values["id"],
            locale=values["locale"],
            now=self.receipt.received,
        )
        if confirmation is not None:
            session().add(confirmation)

    def _own_act(self, target: Target, values: Mapping[str, Any]) -> None:
        """The person's own later consent on a contact outweighs older entries on the suppression list."""
        contact, earliest = target.contact, values["earliest"]
        if contact is None or (contact.own_act_at or 0) >= earliest:
            return
        if own_acts.outweighs_suppression(
            self.programme, self.given.act, values["purpose"], proof=values["proof"], effective=not values["no_effect"]
        ):
            contact.own_act_at = earliest
            self.work.append((subjects.UPDATE_CONTACT, subjects.contact_values(contact)))

    def _also(self, subject: SubjectRow) -> list[tuple[SubjectRow, str]]:
        """Other subjects into whose fold the act enters: named with it, or merged with one that was."""
        together = self.enlisted.named if self.given.naming.by_account else [subject]
        linking = {a.index for a in self.given.naming.accounts if a.type.links}
        named = [
            (s, "named" if s.identifier in linking or s.identifier is None else "beside")
            for s in together
            if s is not subject
        ]
        clusters = {s.cluster_id for s in together}
        people = {s.person_id for s in together}
        merged = [
            (s, "merged")
            for s in self.enlisted.family.values()
            if s.person_id in people and s.cluster_id not in clusters
        ]
        return named + merged

    def _fold(self, target: Target, values: Mapping[str, Any], also: list[tuple[SubjectRow, str]]) -> None:
        for subject in [target.subject, *(s for s, _ in also)]:
            key = (subject.id, target.purpose, target.channel)
            for question in self._facts_of(target, [subject]):
                self._remember(self.driver.rows(*question))
            act = self._act(values, subject.id, also)
            facts = policy.extend(self.facts.get(key, policy.NOTHING), act)
            self.facts[key] = self._refold(subject, target) if facts is None else facts
            saved = {"subject_id": subject.id, "purpose": target.purpose, "channel": target.channel}
            self.work.append((rows.SAVE_FACTS, {**saved, "facts": policy.pack(self.facts[key])}))

    def _refold(self, subject: SubjectRow, target: Target) -> Facts:
        """All acts of the pair, those of this request included: the pending statements are sent first."""
        self._send()
        merged = frozenset(s.id for s in self.enlisted.family.values() if s.person_id == subject.person_id)
        loaded = rows.load_acts(self.driver, subject.id, merged=merged)
        return policy.fold(loaded.get((target.purpose, target.channel), []))

    def _act(self, values: Mapping[str, Any], subject_id: UUID, also: list[tuple[SubjectRow, str]]) -> Act:
        row = tuple(values[column.key] for column in rows.ACT_COLUMNS)
        act, _ = rows.act_of(row, subject_id, [(s.id, via) for s, via in also])
        return act

    def finish(self) -> None:
        """Count the person's version up and send what is pending."""
        if self.wrote:
            for head in {self.enlisted.head(subject).id for subject in self.enlisted.named}:
                self.enlisted.family[head].version += 1
                self.work.append((subjects.BUMP_VERSION, {"row_id": head}))
        self.driver.run_later(self.work)

    def _send(self) -> None:
        self.driver.run_all(self.work)
        self.work = []

    def _pair(self, target: Target, subject_id: UUID) -> dict[str, Any]:
        return {"subject_id": subject_id, "purpose": target.purpose, "channel": target.channel}

    def _remember(self, found: Sequence[tuple[Any, ...]]) -> None:
        for subject_id, purpose, channel, packed in found:
            self.facts.setdefault((as_uuid(subject_id), purpose, channel), policy.unpack(bytes(packed)))
