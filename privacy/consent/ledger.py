"""What is recorded of the people of one write: read at once, kept up as acts are added, written at its end.

Each act finds the facts as the acts before it left them, those of the same write included, so that many acts in one
call come to the same as one after another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from privacy.consent import policy, rows
from privacy.consent.acts import Act
from privacy.consent.policy import Facts
from privacy.consent.rows import First, Packed, StoredActs
from privacy.db import Driver, Statement, Written, by_statement
from privacy.subjects.service import People, SubjectRow

#: A subject, a purpose and a channel.
Key = tuple[UUID, str, str]


class Ledger:
    """Facts, acts and repeats of the people locked."""

    def __init__(self, driver: Driver, people: People) -> None:
        self.people = people
        self._driver = driver
        self._packed: dict[UUID, Packed] = {}
        self._repeated: dict[bytes, First] = {}
        self._stored: dict[UUID, StoredActs] = {}
        self._facts: dict[Key, Facts] = {}
        #: The acts of this write, as the fold takes them.
        self._added: dict[Key, list[Act]] = {}
        self._changed: dict[Key, None] = {}
        self._rows: dict[Statement, list[Mapping[str, Any]]] = {
            statement: [] for statement in (rows.INSERT_ACT, rows.INSERT_ALSO, rows.INSERT_NETWORK)
        }
        self._events: list[Written] = []

    # Read.

    def read(self, indexes: Collection[bytes]) -> None:
        """The facts of everybody there is, and the acts recorded under these indexes."""
        known = list(self.people.subjects)
        self._packed, self._repeated = rows.facts_and_repeats(self._driver, known, indexes)

    def read_acts(self, subjects: Collection[UUID]) -> None:
        """Every act of these subjects, which are going to be folded anew."""
        unread = [s for s in subjects if s not in self._stored and s not in self.people.fresh]
        self._stored |= rows.stored_acts(self._driver, unread)

    def repeated(self, index: bytes) -> First | None:
        """The act recorded under this index, in this write or before: its id and why it has no effect."""
        return self._repeated.get(index)

    def facts(self, subject_id: UUID, purpose: str, channel: str) -> Facts | None:
        """The facts of a subject on a pair as this write leaves them; None where nothing is recorded."""
        key = (subject_id, purpose, channel)
        found = self._facts.get(key)
        if found is None and (packed := self._packed.get(subject_id, {}).get((purpose, channel))) is not None:
            found = self._facts[key] = policy.unpack(packed)
        return found

    # Add.

    def add_act(self, values: Mapping[str, Any], also: list[tuple[SubjectRow, str]]) -> None:
        """One act, which enters the fold of its subject and of others."""
        self._rows[rows.INSERT_ACT].append(values)
        self._repeated[values["repeat_index"]] = (values["id"], values["no_effect"])
        others = [(subject.id, via) for subject, via in also]
        row = tuple([values[name] for name in rows.ACT_NAMES])
        for subject_id, via in others:
            self._rows[rows.INSERT_ALSO].append({"subject_id": subject_id, "act_id": values["id"], "via": via})
        act, _ = rows.act_of(row, values["subject_id"], others)
        self._fold(act, (values["subject_id"], values["purpose"], values["channel"]))
        for subject_id, via in others:
            # Beside a device, or through a merge, the act says something else to it than to the accounts.
            seen = act if via == "named" else rows.act_of(row, subject_id, others)[0]
            self._fold(seen, (subject_id, values["purpose"], values["channel"]))

    def add_network(self, values: Mapping[str, Any]) -> None:
        """Network evidence of an act."""
        self._rows[rows.INSERT_NETWORK].append(values)

    def add_event(self, work: Collection[Written]) -> None:
        """An audit event as it was prepared."""
        self._events += work

    def _fold(self, act: Act, key: Key) -> None:
        self._changed[key] = None
        self._added.setdefault(key, []).append(act)
        known = self.facts(*key)
        extended = policy.fold([act]) if known is None else policy.extend(known, act)
        self._facts[key] = self._refolded(key) if extended is None else extended

    def _refolded(self, key: Key) -> Facts:
        """The fold of all acts of the pair, those of this write included."""
        subject_id, *pair = key
        earlier: list[Act] = []
        if subject_id not in self.people.fresh:
            self.read_acts([subject_id])
            person = self.people.members(self.people.subjects[subject_id].person_id)
            stored = rows.pairs_of(
                self._stored[subject_id], subject_id, merged=frozenset(member.id for member in person)
            )
            earlier = stored.get((pair[0], pair[1]), [])
        return policy.fold([*earlier, *self._added[key]])

    # Write.

    def work(self) -> list[Written]:
        """The statements that write what was added, those of a kind together. They are handed out once."""
        work: list[Written] = [(statement, values) for statement, run in self._rows.items() for values in run]
        work += [
            (rows.SAVE_FACTS, {"subject_id": key[0], "purpose": key[1], "channel": key[2], "facts": self._pack(key)})
            for key in self._changed
        ]
        work += by_statement(self._events)
        self._rows = {statement: [] for statement in self._rows}
        self._changed, self._events = {}, []
        return work

    def _pack(self, key: Key) -> bytes:
        return policy.pack(self._facts[key])
