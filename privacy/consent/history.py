"""The situation as it was known at a past moment: "was it allowed on 3 March, as far as was known then?"

Acts received by then, people as they were linked then, standings and suppression as they stood. Folded anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.consent import loading, own_acts, policy, rows
from privacy.consent.acts import Act
from privacy.consent.asked import CheckIn
from privacy.consent.decision import Holding, Node, Situation, Suppressed
from privacy.consent.loading import Loaded
from privacy.consent.policy import Facts
from privacy.db import Driver, session
from privacy.programme.types import ContactKind, Programme, Purpose
from privacy.subjects import service as subjects


def as_known_at(asked: CheckIn, kind: ContactKind | None, *, actor: Actor, programme: Programme) -> Loaded:
    """The situation at `asked.at`; the caller judges it by the programme of that moment."""
    at, realm = asked.at or 0, actor.realm
    driver = Driver.of(session())
    found = subjects.find_ids(asked.naming) if asked.naming.by_account else ()
    members, contacts = subjects.people_at({*found, *_named(asked)}, at, programme=programme, realm=realm.value)
    if asked.naming.by_account and kind is not None and kind not in asked.naming.contacts:
        # Asked about without a contact: whoever shares one that the person holds is concerned as well.
        sharing = {holder for c in contacts if c.kind == kind.value for holder in subjects.ever_held(c.index)}
        members, contacts = subjects.people_at({*found, *sharing}, at, programme=programme, realm=realm.value)
    nodes = {
        m.id: Node(
            m.id,
            m.place.person,
            m.place.cluster,
            m.place.group,
            m.place.merged,
            m.standing,
            m.age_class,
            m.alone,
        )
        for m in members
    }
    facts = {
        member.id: _facts_of(
            rows.load_acts(driver, member.id, merged=_merged(nodes, member.id), until=at), asked.purpose, asked.channel
        )
        for member in members
    }
    held = [c for c in contacts if kind is not None and c.kind == kind.value]
    own_act_at = own_acts.newest(programme, {c.id for c in held}, until=at)
    holdings = [
        Holding(c.id, c.subject_id, c.index, c.held_from, c.held_until, c.reassigned, own_act_at.get(c.id))
        for c in held
    ]
    suppressed = _suppressed(asked, kind, holdings, driver=driver, programme=programme)
    loaded = Loaded(Situation(nodes, facts, holdings, suppressed), frozenset(found) & nodes.keys())
    loaded.realms = dict.fromkeys(nodes, realm.value)
    for subject_id, node in nodes.items():
        version = driver.rows(loading.VERSION_OF, {"subject_id": subject_id})
        loaded.versions[node.person] = version[0][0] if version else 0
    return loaded


def _merged(nodes: Mapping[UUID, Node], subject_id: UUID) -> frozenset[UUID]:
    return frozenset(i for i, node in nodes.items() if node.person == nodes[subject_id].person)


def _named(asked: CheckIn) -> set[UUID]:
    """Everybody who ever held the contacts that the question names."""
    return {subject for contact in asked.naming.contacts.values() for subject in subjects.ever_held(contact.index)}


def _suppressed(
    asked: CheckIn, kind: ContactKind | None, holdings: Iterable[Holding], *, driver: Driver, programme: Programme
) -> dict[bytes, list[Suppressed]]:
    """Entries of every contact concerned, as they stood at that moment."""
    realm = asked.naming.realm
    indexes = {h.index: subjects.suppression_index_of(driver, programme, realm, h.id) for h in holdings}
    if kind is not None and kind in asked.naming.contacts:
        contact = asked.naming.contacts[kind]
        indexes[contact.index] = subjects.suppression_index(realm, contact)
    return {
        contact: loading.suppressed(driver.rows(loading.SUPPRESSIONS, {"contact_index": index}), known_at=asked.at)
        for contact, index in indexes.items()
    }


def _facts_of(pairs: Mapping[tuple[str, str], list[Act]], purpose: Purpose, channel: str | None) -> list[Facts]:
    return [
        loading.on_pair(policy.fold(acts), pair[1], channel)
        for pair, acts in pairs.items()
        if loading.bears_on(pair, purpose, channel)
    ]
