"""Entries of the log as somebody may see them: of the own realm, with the own references, and what is erased left out.

Who people and principals are is the business of rooms above, which the application hands in as a `Directory`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from privacy import clock
from privacy.audit import proofs
from privacy.audit.failures import EventNotFound
from privacy.audit.newest import row_of, scan_back
from privacy.audit.reading import EventFilter, EventRow, scan
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.crypto import canonical, keyring
from privacy.crypto.pairwise import Pairwise
from privacy.db import end_read

#: Bodies that are opened in one read.
_AT_ONCE = 25
#: Portions of the log that are looked through for one page.
_MOST_PORTIONS = 20
MOST_ON_A_PAGE = 500
_ACT = "consent_act"
#: Objects that belong to people: their ids are shown as references of the asker's own.
_PERSONAL = frozenset({_ACT, "subject", "identity", "identifier", "contact", "merge"})
#: Details that name such an object.
_NAMES_ACT = "refers_to"
#: Who has no name of their own in the log: whoever acted for themselves, in a session that is long over.
_UNNAMED = {ActorKind.PERSON.value: "the person"}


class Principal(NamedTuple):
    """Who acts: a client, or a member of staff."""

    name: str
    realm: Realm


@dataclass(frozen=True)
class Directory:
    """What rooms above know of ids that stand in events."""

    #: The ids of everybody who is one person with that one; none where the realm has no such subject (any more).
    members: Callable[[UUID, Realm], Collection[UUID]]
    #: The realm of each that is there.
    subject_realms: Callable[[Collection[UUID]], Mapping[UUID, Realm]]
    principals: Callable[[Collection[UUID]], Mapping[UUID, Principal]]
    #: References of an actor's own, and back.
    hide_subject: Callable[[Actor, UUID], str]
    reveal_subject: Callable[[Actor, str], UUID]
    hide_act: Callable[[Actor, UUID], str]
    reveal_act: Callable[[Actor, UUID], UUID]


@dataclass(frozen=True)
class Page:
    """Entries in the order of the log."""

    entries: Sequence[dict[str, Any]]
    #: The place to go on from; None where there is no more now.
    next: int | None


class Reader:
    """Reads the log for somebody."""

    def __init__(self, directory: Directory, actor: Actor) -> None:
        self._directory = directory
        self._actor = actor

    def subjects(self, reference: str) -> frozenset[UUID]:
        """Everybody who is one person with the one behind a reference; raises `NotFound` for what is no reference.

        Empty for somebody of the other realm. Somebody erased is found: the events about them are there.
        """
        subject_id = self._directory.reveal_subject(self._actor, reference)
        members = frozenset(self._directory.members(subject_id, self._actor.realm))
        return members or frozenset({subject_id}) - self._directory.subject_realms({subject_id}).keys()

    def objects(self, object_type: str, reference: str) -> frozenset[str]:
        """The ids that an object's reference may stand for; any reference stands for some, which may name nothing."""
        try:
            value = UUID(reference)
        except ValueError:
            return frozenset({reference})
        if object_type == _ACT:
            return frozenset({str(self._directory.reveal_act(self._actor, value))})
        own = self._pairwise().reveal(object_type, value)
        if object_type not in _PERSONAL:
            return frozenset({str(value), str(own)})
        return frozenset({str(own), str(self._directory.reveal_subject(self._actor, reference))})

    def page(self, wanted: EventFilter, *, after: int = -1, limit: int = MOST_ON_A_PAGE) -> Page:
        """At most so many entries behind a place. A page may be short or empty and not be the last."""
        rows: list[EventRow] = []
        place, last = after, False
        for looked, portion in enumerate(scan(wanted, after), start=1):
            rows += self._visible(portion.rows)
            place, last = portion.place, portion.last
            if len(rows) >= limit or looked >= _MOST_PORTIONS:
                break
        shown = rows[:limit]
        entries = list(self._entries(shown))
        if shown and shown[-1].sequence_number is None:
            return Page(entries, None)  # What waits has no place to go on from.
        if len(rows) > limit:
            return Page(entries, shown[-1].sequence_number)
        return Page(entries, None if last else place)

    def newest(self, wanted: EventFilter, *, before: int | None = None, limit: int = MOST_ON_A_PAGE) -> Page:
        """At most so many entries before a place, the last one first; `next` is where to go on, as `before`.

        A page may be short or empty and not be the last; what waits for its place stands all on the first one.
        """
        rows: list[EventRow] = []
        place, last = before, False
        for looked, portion in enumerate(scan_back(wanted, before), start=1):
            rows += self._visible(portion.rows)
            place, last = portion.place, portion.last
            if len(rows) >= limit or looked >= _MOST_PORTIONS:
                break
        shown = max(limit, sum(row.sequence_number is None for row in rows))
        entries = list(self._entries(rows[:shown]))
        if len(rows) > shown:
            return Page(entries, rows[shown].sequence_number + 1)  # type: ignore[operator]  # those without stand before
        return Page(entries, None if last else place)

    def one(self, event_id: UUID) -> dict[str, Any]:
        """One event; raises `EventNotFound`, also for one of the other realm."""
        found = row_of(event_id)
        if found is None or not self._visible([found]):
            raise EventNotFound
        (entry,) = self._entries([found])
        return entry

    def every(self, wanted: EventFilter, *, after: int = -1) -> Iterator[dict[str, Any]]:
        """All of them, one after another. No read is open while the caller has one."""
        for portion in scan(wanted, after):
            yield from self._entries(self._visible(portion.rows))

    def _visible(self, rows: Sequence[EventRow]) -> list[EventRow]:
        """Those of the actor's realm."""
        actors = self._directory.principals({row.actor_id for row in rows if row.actor_id})
        people = self._directory.subject_realms({row.subject_id for row in rows if row.subject_id})
        end_read()

        def realm(row: EventRow) -> Realm:
            # What a test client does is of its realm whoever it is about. The rest is of its person's; without
            # either it is about the installation, and live: a test key sees only what is surely a test.
            acting = actors.get(row.actor_id) if row.actor_id else None
            if acting is not None and acting.realm is Realm.TEST:
                return Realm.TEST
            return people.get(row.subject_id, Realm.LIVE) if row.subject_id else Realm.LIVE

        return [row for row in rows if realm(row) is self._actor.realm]

    def _entries(self, rows: Sequence[EventRow]) -> Iterator[dict[str, Any]]:
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            names = self._directory.principals({row.actor_id for row in part if row.actor_id})
            bodies = proofs.opened_bodies([row.event_id for row in part])
            end_read()
            for row in part:
                yield self._entry(row, names, bodies.get(row.event_id))

    def _entry(self, row: EventRow, names: Mapping[UUID, Principal], opened: proofs.Opened | None) -> dict[str, Any]:
        subject = self._directory.hide_subject(self._actor, row.subject_id) if row.subject_id else None
        acting = names.get(row.actor_id) if row.actor_id else None
        return {
            "sequence_number": row.sequence_number,
            "event_id": str(row.event_id),
            "at": None if row.occurred_at is None else clock.isoformat(row.occurred_at),
            "action": row.action,
            "actor": {
                "kind": row.actor_kind,
                "id": str(row.actor_id),
                "name": acting.name if acting else _UNNAMED.get(row.actor_kind or ""),
            }
            if row.actor_id
            else None,
            "subject_ref": subject,
            "object": {"type": row.object_type, "id": self._shown_object(row)} if row.object_type else None,
            "details": None if opened is None else self._shown_details(opened, row),
            "erased": opened is None,
        }

    def _shown_object(self, row: EventRow) -> str:
        """The object's id, as the asker's own reference where it belongs to somebody."""
        kind, text = row.object_type or "", row.object_id or ""
        if row.subject_id is None and kind not in _PERSONAL:
            return text
        try:
            value = UUID(text)
        except ValueError:
            return text
        if kind == _ACT:
            return self._directory.hide_act(self._actor, value)
        if kind == "subject" or value == row.subject_id:
            return self._directory.hide_subject(self._actor, value)
        return str(self._pairwise().hide(kind, value))

    def _shown_details(self, opened: proofs.Opened, row: EventRow) -> dict[str, Any]:
        details = dict(canonical.decode(opened.body)["details"])
        for name, value in details.items():
            if name == _NAMES_ACT:
                details[name] = self._directory.hide_act(self._actor, UUID(value))
            elif row.subject_id is not None and value == str(row.subject_id):
                details[name] = self._directory.hide_subject(self._actor, row.subject_id)
        return details

    def _pairwise(self) -> Pairwise:
        return Pairwise(keyring.installed(), self._actor.id)
