"""Answer many checks from few statements: the same decisions as `checking.check`, one situation loaded for all.

For callers in an open unit of work or session that ask about hundreds of people at once, as imports do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import loading, policy
from privacy.consent.asked import CheckIn
from privacy.consent.checking import asked_about, contact_kind
from privacy.consent.decision import Decision, Holding, Node, Question, Situation, Suppressed, decide
from privacy.consent.loading import bears_on, on_pair
from privacy.consent.models import ConsentFact, Suppression
from privacy.consent.policy import Facts
from privacy.db import Driver, in_parts, session
from privacy.programme.types import ContactKind, Programme, Purpose
from privacy.quarantine import ensure_out
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName


def check_many(asked: Sequence[CheckIn], *, actor: Actor, programme: Programme) -> list[Decision]:
    """The decision for each question, in order, from what this session sees now; none may have `at` or a token."""
    return [one.decision for one in answer_many(asked, actor=actor, programme=programme)]


@dataclass(frozen=True)
class Answered:
    """A decision, and whom it is about: a subject of each person."""

    decision: Decision
    about: tuple[UUID, ...]


def answer_many(
    asked: Sequence[CheckIn], *, actor: Actor, programme: Programme, now: int | None = None
) -> list[Answered]:
    """The same with the people whom each question is about; `now` is the time to judge by, where it is not this one."""
    session().flush()
    at = clock.micros() if now is None else now

    def read(_driver: Driver) -> list[Answered]:
        people = _People(actor)
        people.load(asked)
        ensure_out()
        return [people.decide(one, programme, at) for one in asked]

    return subjects.steadily(None, read)


@dataclass
class _People:
    """Everybody whom the questions may concern."""

    actor: Actor
    nodes: dict[UUID, Node] = field(default_factory=dict)
    by_person: dict[UUID, list[Node]] = field(default_factory=lambda: defaultdict(list))
    by_account: dict[bytes, UUID] = field(default_factory=dict)
    by_contact: dict[bytes, list[Holding]] = field(default_factory=lambda: defaultdict(list))
    held: dict[UUID, list[tuple[str, Holding]]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[UUID, list[tuple[str, str, Facts]]] = field(default_factory=lambda: defaultdict(list))
    suppressed: dict[bytes, list[Suppressed]] = field(default_factory=dict)
    suppression_of: dict[bytes, bytes] = field(default_factory=dict)

    # Loading.

    def load(self, asked: Sequence[CheckIn]) -> None:
        """People named, whoever holds one of their contacts, what they agreed to, and suppressed contacts."""
        accounts = {account.index for one in asked for account in one.naming.accounts}
        contacts = {contact.index: contact for one in asked for contact in one.naming.contacts.values()}
        realm = self.actor.realm.value
        refs = {one.naming.ref for one in asked if one.naming.ref is not None}
        self._add(subjects.families(accounts | set(contacts), subjects=refs, realm=realm))
        if any(one.naming.by_account for one in asked):
            # Who shares a contact of somebody asked about without naming it: their "no" stands against it too.
            self._add(subjects.families(set(self.by_contact) - set(contacts), realm=realm))
        self._load_facts()
        self._load_suppressed(contacts)

    def _add(self, found: subjects.Families) -> None:
        for subject in found.subjects:
            if subject.id not in self.nodes:
                node = Node(
                    subject.id,
                    subject.person_id,
                    subject.cluster_id,
                    subject.group_id,
                    subject.merged_id,
                    subject.standing,
                    subject.age_class,
                    subject.alone,
                )
                self.nodes[subject.id] = node
                self.by_person[subject.person_id].append(node)
            if subject.identifier is not None:
                self.by_account[subject.identifier] = subject.id
        for contact in found.contacts:
            holding = Holding(
                contact.id,
                contact.subject_id,
                contact.index,
                contact.held_from,
                contact.held_until,
                contact.ended == "reassigned",
                contact.own_act_at,
            )
            if holding not in self.by_contact[contact.index]:
                self.by_contact[contact.index].append(holding)
                self.held[contact.subject_id].append((contact.kind, holding))

    def _load_facts(self) -> None:
        columns = (ConsentFact.subject_id, ConsentFact.purpose, ConsentFact.channel, ConsentFact.facts)
        for ids in in_parts(sorted(self.nodes)):
            for subject_id, purpose, channel, packed in session().execute(
                sa.select(*columns).where(ConsentFact.subject_id.in_(ids))
            ):
                self.facts[subject_id].append((purpose, channel, policy.unpack(bytes(packed))))

    def _load_suppressed(self, contacts: dict[bytes, ContactName]) -> None:
        realm = self.actor.realm
        for index, contact in contacts.items():
            self.suppression_of[index] = subjects.suppression_index(realm, contact)
        entries: dict[bytes, list[tuple[Any, ...]]] = defaultdict(list)
        for indexes in in_parts(sorted(self.suppression_of.values())):
            for index, *entry in session().execute(_SUPPRESSIONS.where(Suppression.contact_index.in_(indexes))):
                entries[bytes(index)].append(tuple(entry))
        self.suppressed = {
            index: loading.suppressed(entries[listed])
            for index, listed in self.suppression_of.items()
            if listed in entries
        }

    # Deciding.

    def decide(self, asked: CheckIn, programme: Programme, now: int) -> Answered:
        """The answer to one question."""
        kind = contact_kind(programme, asked)
        naming = asked.naming
        contact = naming.contacts.get(kind) if kind else None
        accounts = [self.by_account[a.index] for a in naming.accounts if a.index in self.by_account]
        if naming.ref in self.nodes:
            accounts.append(naming.ref)
        question = Question(
            asked.purpose,
            asked.channel,
            now,
            accounts=frozenset(accounts),
            contact=contact.index if contact else None,
            account_named=naming.by_account,
        )
        people = {self.nodes[subject].person for subject in accounts}
        if contact is not None:
            people |= {self.nodes[h.subject].person for h in self.by_contact.get(contact.index, ())}
        situation = self._situation(people, kind, asked.purpose, asked.channel)
        if contact is None and kind is not None and naming.by_account:
            situation = self._with_sharers(situation, people, kind, asked, programme)
        if contact is not None:
            situation = replace(situation, suppressed={contact.index: self.suppressed.get(contact.index, [])})
        return Answered(decide(question, programme, situation), asked_about(question, situation))

    def _situation(
        self, people: Iterable[UUID], kind: ContactKind | None, purpose: Purpose, channel: str | None
    ) -> Situation:
        nodes = {node.id: node for person in people for node in self.by_person[person]}
        holdings = [h for node in nodes for held_kind, h in self.held[node] if kind is not None and held_kind == kind]
        facts = {
            node: [
                on_pair(found, on, channel)
                for code, on, found in self.facts.get(node, ())
                if bears_on((code, on), purpose, channel)
            ]
            for node in nodes
        }
        return Situation(nodes, {node: found for node, found in facts.items() if found}, holdings)

    def _with_sharers(
        self, situation: Situation, people: set[UUID], kind: ContactKind, asked: CheckIn, programme: Programme
    ) -> Situation:
        """For a person asked about without a contact: who shares each contact, and its suppression entries."""
        mine = {h.index: h for h in situation.holdings if h.held_until is None}
        sharers = {self.nodes[h.subject].person for index in mine for h in self.by_contact[index]}
        driver = Driver.of(session())
        suppressed = {}
        for index, holding in mine.items():
            listed = subjects.suppression_index_of(driver, programme, self.actor.realm, holding.id)
            suppressed[index] = loading.suppressed(driver.rows(loading.SUPPRESSIONS, {"contact_index": listed}))
        whole = self._situation(people | sharers, kind, asked.purpose, asked.channel)
        return replace(whole, suppressed=suppressed)


_SUPPRESSIONS = sa.select(
    Suppression.contact_index,
    Suppression.suppressed_at,
    Suppression.scope,
    Suppression.recorded_at,
    Suppression.lifted_at,
    Suppression.ends_at,
)
