"""The situation as it was known at a past moment: "was it allowed on 3 March, as far as was known then?"

Acts received by then, people as they were linked then, standings and suppression as they stood. Folded anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.consent import loading, policy, rows
from privacy.consent.acts import ANY, NO_CHANNEL, Act, ActKind
from privacy.consent.decision import Holding, Node, Situation
from privacy.consent.loading import Loaded
from privacy.consent.policy import Facts
from privacy.db import Driver, session
from privacy.programme.types import ContactKind, Programme, ProofGrade, Purpose
from privacy.subjects import service as subjects

if TYPE_CHECKING:
    from privacy.consent.checking import CheckIn


def as_known_at(asked: CheckIn, kind: ContactKind | None, *, actor: Actor, programme: Programme) -> Loaded:
    """The situation at `asked.at`; the caller judges it by the programme of that moment."""
    at = asked.at or 0
    driver = Driver.of(session())
    named = _named(asked)
    found = subjects.find_ids(asked.naming) if asked.naming.by_account else ()
    members, contacts = subjects.people_at({*found, *named}, at, programme=programme, realm=actor.realm.value)
    known = {m.id for m in members}
    nodes = {
        m.id: Node(m.id, m.place.person, m.place.cluster, m.place.group, m.standing, m.age_class, m.alone)
        for m in members
    }
    facts: dict[UUID, list[Facts]] = {}
    own_acts: dict[UUID, int] = {}
    for member in members:
        merged = frozenset(m.id for m in members if m.place.person == member.place.person)
        pairs = rows.load_acts(driver, member.id, until=at, merged=merged)
        facts[member.id] = _facts_of(pairs, asked.purpose, asked.channel)
        for acts in pairs.values():
            for act in acts:
                if act.contact and act.kind in {ActKind.GIVE, ActKind.CONFIRM} and act.proof == ProofGrade.OWN_ACT:
                    own_acts[act.contact] = max(act.earliest, own_acts.get(act.contact, act.earliest))
    wanted_kind = kind.value if kind else None
    holdings = [
        Holding(c.id, c.subject_id, c.index, c.held_from, c.held_until, c.reassigned, own_acts.get(c.id))
        for c in contacts
        if c.subject_id in known and wanted_kind is not None and c.kind == wanted_kind
    ]
    suppressed = {
        h.index: loading.suppressed(
            driver.rows(
                loading.SUPPRESSIONS,
                {"contact_index": subjects.suppression_index_of(driver, programme, actor.realm, h.id)},
            ),
            known_at=at,
        )
        for h in holdings
    }
    if kind is not None and kind in asked.naming.contacts:
        contact = asked.naming.contacts[kind]
        index = subjects.suppression_index(actor.realm, contact)
        entries = driver.rows(loading.SUPPRESSIONS, {"contact_index": index})
        suppressed[contact.index] = loading.suppressed(entries, known_at=at)
    loaded = Loaded(Situation(nodes, facts, holdings, suppressed), frozenset(found) & known)
    loaded.realms = dict.fromkeys(known, actor.realm.value)
    for subject_id, node in nodes.items():
        version = driver.rows(loading.VERSION_OF, {"subject_id": subject_id})
        loaded.versions[node.person] = version[0][0] if version else 0
    return loaded


def _named(asked: CheckIn) -> set[UUID]:
    """Everybody who ever held the contacts that the question names."""
    return {subject for contact in asked.naming.contacts.values() for subject in subjects.ever_held(contact.index)}


def _facts_of(pairs: Mapping[tuple[str, str], list[Act]], purpose: Purpose, channel: str | None) -> list[Facts]:
    purposes = {purpose.code} | ({ANY} if loading.means_any(purpose) else set())
    channels = {channel or NO_CHANNEL, ANY}
    return [policy.fold(acts) for (p, c), acts in pairs.items() if p in purposes and c in channels]
