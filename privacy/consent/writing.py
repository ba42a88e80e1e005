"""Write one act: a row for each channel, on whom it names, into every fold that it enters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.audit import service as audit
from privacy.consent import act_row, outcome, own_acts, rows
from privacy.consent.act_row import Receipt, Target
from privacy.consent.acts import ANY, NO_CHANNEL, ActKind
from privacy.consent.intake import Record
from privacy.consent.ledger import Ledger
from privacy.db import new_id
from privacy.programme.types import ContactKind
from privacy.subjects.service import Enlisted, SubjectRow

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


def channels_of(receipt: Receipt) -> list[str]:
    """The channels of an act's rows: those that it names, or all that it may mean."""
    given = receipt.given
    if given.channels is not None:
        return list(given.channels)
    if given.purpose is not None and not receipt.programme.purpose(given.purpose).channels:
        return [NO_CHANNEL]
    return [ANY]


def kind_of(receipt: Receipt, channel: str) -> ContactKind | None:
    """The kind of contact that a channel goes to."""
    return receipt.programme.channels[channel].contact_kind if channel not in {ANY, NO_CHANNEL} else None


def kinds_of(receipt: Receipt, channel: str, held: Collection[ContactKind]) -> list[ContactKind | None]:
    """For each row on a channel the kind of contact that tells it from the others, given what kinds are named."""
    kind = kind_of(receipt, channel)
    if receipt.given.naming.by_account:
        return [kind if kind in held and receipt.purpose != ANY else None]
    if kind in held:
        return [kind]
    named = list(receipt.given.naming.contacts)
    # Several contacts are as many people, each with a row of its own.
    return [*named] if len(named) > 1 else [None]


class Writer:
    """Writes the rows of one act into the ledger of its write."""

    def __init__(self, ledger: Ledger, enlisted: Enlisted, receipt: Receipt) -> None:
        self.ledger = ledger
        self.enlisted = enlisted
        self.receipt = receipt
        self.given = receipt.given
        #: What was asked for: the messages of a double opt-in are due once the acts are written.
        self.requests: list[tuple[Target, Mapping[str, Any]]] = []
        self._wrote = enlisted.changed

    def records(self) -> list[Record]:
        """Write every row that was not written before, and count the version of those named up if any was."""
        records = [
            self._write(target, kind)
            for channel in channels_of(self.receipt)
            for target, kind in zip(
                self._on(channel), kinds_of(self.receipt, channel, self.enlisted.held.keys()), strict=True
            )
        ]
        if self._wrote:
            self.enlisted.bump()
        return records

    def _on(self, channel: str) -> list[Target]:
        """The rows on one channel: on the account named, or on each contact's own person."""
        purpose, kind = self.receipt.purpose, kind_of(self.receipt, channel)
        contact = self.enlisted.held.get(kind) if kind else None
        if self.given.naming.by_account:
            # Naming no purpose means every contact of that kind: a "no" covers all that it may mean.
            return [Target(self.enlisted.leading, purpose, channel, None if purpose == ANY else contact)]
        if contact is not None:
            return [Target(self.ledger.people.subjects[contact.subject_id], purpose, channel, contact)]
        return [Target(subject, purpose, channel, None) for subject in self.enlisted.named]

    def _write(self, target: Target, kind: ContactKind | None) -> Record:
        act_id = new_id()
        index = act_row.repeat_index(self.receipt, target.channel, kind, act_id=act_id)
        first = self.ledger.repeated(index)
        if first is not None:
            return self._record(target, first[0], first[1], known=True)
        values = act_row.values_of(self.receipt, target, act_id, index)
        self._insert(target, values)
        return self._record(target, act_id, values["no_effect"], known=False)

    def _record(self, target: Target, act_id: UUID, why: str | None, *, known: bool) -> Record:
        contacts = self.given.naming.contacts.values()
        decide = partial(
            outcome.judge,
            target,
            self.given.act,
            facts=self.ledger.facts,
            enlisted=self.enlisted,
            programme=self.receipt.programme,
            at=self.receipt.received,
        )
        return Record(
            act_id,
            self.given.act,
            target.purpose,
            target.channel,
            target.contact,
            why,
            known,
            next((c for c in contacts if target.contact and c.index == target.contact.index), None),
            decide,
        )

    def _insert(self, target: Target, values: Mapping[str, Any]) -> None:
        self._wrote = True
        self.ledger.add_act(values, self._also(target.subject))
        if self.given.network:
            self.ledger.add_network(self._network(target.subject, values["id"]))
        _, event = audit.prepare(
            _ACTIONS[self.given.act],
            actor=self.receipt.actor,
            object_type="consent_act",
            object_id=values["id"],
            content=rows.content_of(values),
            subject_id=target.subject.id,
            details={"purpose": target.purpose, "channel": target.channel},
            key=target.subject.key,
        )
        self.ledger.add_event(event)
        if self.given.act is ActKind.REQUEST and self.given.asks:
            self.requests.append((target, values))
        self._own_act(target, values)

    def _network(self, subject: SubjectRow, act_id: UUID) -> dict[str, Any]:
        body = msgspec.json.encode(dict(self.given.network))
        return {
            "act_id": act_id,
            "subject_id": subject.id,
            "body_enc": subject.key.seal("network_evidence", "body_enc", act_id, body),
            "key_version": subject.key.version,
            "delete_after": self.receipt.received + NETWORK_EVIDENCE_KEPT,
        }

    def _own_act(self, target: Target, values: Mapping[str, Any]) -> None:
        """The person's own later consent on a contact outweighs older entries on the suppression list."""
        contact, earliest = target.contact, values["earliest"]
        if contact is None or (contact.own_act_at or 0) >= earliest:
            return
        if own_acts.outweighs_suppression(
            self.receipt.programme,
            self.given.act,
            values["purpose"],
            proof=values["proof"],
            effective=not values["no_effect"],
        ):
            contact.own_act_at = earliest
            self.ledger.people.will_change(contact)

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
        merged = [
            (s, "merged")
            for person_id in dict.fromkeys(s.person_id for s in together)
            for s in self.ledger.people.members(person_id)
            if s.cluster_id not in clusters
        ]
        return named + merged
