"""Manipulations that know what they are about: swaps, rewritten logs, stolen and retired keys, and rows of no event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.leaf import leaf_bytes
from privacy.audit.merkle import Frontier
from privacy.audit.note import KeyType, Note, SigningKey
from privacy.audit.tiles import HEIGHT, WIDTH
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import new_id
from tests.tamper.attacker import delete, insert, rows_of, table_of, update
from tests.tamper.edits import Attack, Manipulation

_PLOTS: list[Manipulation] = []
_DONE = "action = 'thing.done'"


def plots() -> list[Manipulation]:
    """All of them."""
    return list(_PLOTS)


def plot(name: str, *kinds: str) -> Callable[[Attack], Attack]:
    """Register one under its name and the kinds of finding that it leads to."""

    def register(attack: Attack) -> Attack:
        _PLOTS.append(Manipulation(name, attack, frozenset(kinds)))
        return attack

    return register


def signing_key(number: int) -> SigningKey:
    """The log's own key, as one has it who stole the keyring."""
    secret = keyring.installed().get(KeyUse.SIGN, number).secret
    return SigningKey("log.example.org/tests", KeyType.ED25519, secret)


_STRANGER = SigningKey("log.example.org/tests", KeyType.ED25519, b"s" * 32)


@plot("two leaves swap their events", "leaf")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_leaf")[100:102]
    update(connection, "audit_leaf", one, event_id=new_id())
    update(connection, "audit_leaf", other, event_id=one.event_id)
    update(connection, "audit_leaf", one, event_id=other.event_id)
    return ("audit_leaf 100",)


@plot("two leaves swap places with their hashes", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_leaf")[100:102]
    update(connection, "audit_leaf", one, event_id=new_id())
    update(connection, "audit_leaf", other, event_id=one.event_id, leaf_hash=one.leaf_hash)
    update(connection, "audit_leaf", one, event_id=other.event_id, leaf_hash=other.leaf_hash)
    return tuple(f"audit_checkpoint {row.size}" for row in rows_of(connection, "audit_checkpoint") if row.size > 100)


@plot("two leaves swap their hashes", "leaf")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_leaf")[50:52]
    update(connection, "audit_leaf", one, leaf_hash=other.leaf_hash)
    update(connection, "audit_leaf", other, leaf_hash=one.leaf_hash)
    return ("audit_leaf 50",)


@plot("two events swap their commitments", "leaf")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_event")[40:42]
    update(connection, "audit_event", one, commitment=other.commitment)
    update(connection, "audit_event", other, commitment=one.commitment)
    return (str(one.id),)


@plot("two bodies swap what is sealed", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_body", _DONE)[:2]
    update(connection, "audit_body", one, body_enc=other.body_enc)
    update(connection, "audit_body", other, body_enc=one.body_enc)
    return (str(one.event_id),)


@plot("a body is put under another event", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_body", _DONE)[:2]
    delete(connection, "audit_body", other)
    update(connection, "audit_body", one, event_id=other.event_id)
    return (str(one.event_id),)


@plot("a body of no event", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    event_id = new_id()
    insert(connection, "audit_body", rows_of(connection, "audit_body", _DONE)[0], event_id=event_id)
    return (str(event_id),)


@plot("an event with a body and no place", "event")
def _(connection: sa.Connection) -> tuple[str, ...]:
    event_id = new_id()
    insert(connection, "audit_event", rows_of(connection, "audit_event")[0], id=event_id)
    insert(connection, "audit_body", rows_of(connection, "audit_body", _DONE)[0], event_id=event_id)
    return (str(event_id),)


@plot("an invented event waits to be sequenced", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    """The sequencer takes it in and signs it; nobody without the key can give it a body."""
    event_id = new_id()
    insert(connection, "audit_event", rows_of(connection, "audit_event")[0], id=event_id)
    _wait(connection, event_id)
    return (str(event_id),)


@plot("what waits names no event", "waiting")
def _(connection: sa.Connection) -> tuple[str, ...]:
    event_id = new_id()
    _wait(connection, event_id)
    return (str(event_id),)


@plot("a sequenced event waits again", "waiting")
def _(connection: sa.Connection) -> tuple[str, ...]:
    event_id = rows_of(connection, "audit_leaf")[3].event_id
    _wait(connection, event_id)
    return (str(event_id),)


@plot("a body is deleted and nobody says so", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_body", "action = 'consent.withdrawn'")[0]
    delete(connection, "audit_body", row)
    return (str(row.event_id),)


@plot("the event that names deleted bodies loses its own", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_body", "action = 'audit_body.deleted'")[0]
    delete(connection, "audit_body", row)
    return (str(row.event_id),)


@plot("a person's key is destroyed and nobody says so", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    body = rows_of(connection, "audit_body", "action = 'consent.withdrawn'")[0]
    keys = table_of("owner_key")
    connection.execute(sa.delete(keys).where(keys.c.owner_id == body.owner_id))
    return (str(body.event_id),)


@plot("two people's keys are swapped", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "owner_key")[1:3]
    update(connection, "owner_key", one, wrapped_enc=other.wrapped_enc)
    update(connection, "owner_key", other, wrapped_enc=one.wrapped_enc)
    return ("audit_body",)


@plot("the tail is cut off with all that speaks of it", "anchor")
def _(connection: sa.Connection) -> tuple[str, ...]:
    cut_off(connection, 300)
    return ("rolled back",)


@plot("the tail is cut off in the tree only", "leaf")
def _(connection: sa.Connection) -> tuple[str, ...]:
    for row in rows_of(connection, "audit_leaf")[300:]:
        delete(connection, "audit_leaf", row)
    return ("audit_leaf 300",)


@plot("the log is written anew under the log's own keys", "anchor")
def _(connection: sa.Connection) -> tuple[str, ...]:
    """By one who stole the keyring; what was published before stands in the anchor, and with everybody else."""
    update(connection, "audit_event", rows_of(connection, "audit_event")[200], commitment=b"c" * 32)
    rewrite(connection, [signing_key(1), signing_key(2)])
    return ("log-checkpoint",)


@plot("the log is written anew under a key of the attacker", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    update(connection, "audit_event", rows_of(connection, "audit_event")[200], commitment=b"c" * 32)
    rewrite(connection, [_STRANGER])
    return tuple(f"audit_checkpoint {row.size}" for row in rows_of(connection, "audit_checkpoint"))


@plot("an attacker's key takes the place of the log's", "key")
def _(connection: sa.Connection) -> tuple[str, ...]:
    rewrite(connection, [_STRANGER])
    for row in rows_of(connection, "audit_key"):
        update(connection, "audit_key", row, vkey=str(_STRANGER.verifier))
    return ("audit_key 1",)


@plot("the retired key signs the last checkpoint", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    return _signed_by(connection, [signing_key(1)])


@plot("a stranger signs the last checkpoint", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    return _signed_by(connection, [_STRANGER])


@plot("the next key signs an early checkpoint", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[0]
    note = str(Checkpoint.parse(Note.parse(row.note).text).signed(signing_key(2)))
    update(connection, "audit_checkpoint", row, note=note)
    return (f"audit_checkpoint {row.size}",)


@plot("the signature of a checkpoint is stripped", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[1]
    update(connection, "audit_checkpoint", row, note=Note.parse(row.note).text + "\n")
    return (f"audit_checkpoint {row.size}",)


@plot("a checkpoint of another log stands in for ours", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[-1]
    note = str(Checkpoint("log.example.org/other", row.size, bytes(row.root)).signed(signing_key(2)))
    update(connection, "audit_checkpoint", row, note=note)
    return (f"audit_checkpoint {row.size}",)


@plot("a checkpoint has the note of another size", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    one, other = rows_of(connection, "audit_checkpoint")[-2:]
    update(connection, "audit_checkpoint", one, note=other.note)
    return (f"audit_checkpoint {one.size}",)


@plot("a signed checkpoint has another root", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[-2]
    note = str(Checkpoint("log.example.org/tests", row.size, b"r" * 32).signed(signing_key(2)))
    update(connection, "audit_checkpoint", row, note=note, root=b"r" * 32)
    return (f"audit_checkpoint {row.size}",)


@plot("a checkpoint of leaves that are not there", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[-1]
    note = str(Checkpoint("log.example.org/tests", row.size + 50, b"r" * 32).signed(signing_key(2)))
    insert(connection, "audit_checkpoint", row, size=row.size + 50, note=note, root=b"r" * 32)
    return (f"audit_checkpoint {row.size + 50}",)


@plot("a checkpoint was published in the past", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[-1]
    update(connection, "audit_checkpoint", row, published_at=row.published_at - clock.DAY)
    return (f"audit_checkpoint {row.size}",)


@plot("a leaf was sequenced in the past", "leaf")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_leaf")[77]
    update(connection, "audit_leaf", row, sequenced_at=row.sequenced_at - clock.DAY)
    return ("audit_leaf 77",)


@plot("the endorsement of the key in use is another key's", "key")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_key")[1]
    note = Note.parse(row.endorsement)
    forged = str(Note(note.text, (_STRANGER.sign(note.text),)))
    update(connection, "audit_key", row, endorsement=forged)
    return ("audit_key 2",)


@plot("the rotation is undone", "key", "checkpoint")
def _(connection: sa.Connection) -> tuple[str, ...]:
    """Every checkpoint signed anew with the retired key, and the row of its successor gone."""
    delete(connection, "audit_key", rows_of(connection, "audit_key")[1])
    for row in rows_of(connection, "audit_checkpoint"):
        note = str(Checkpoint.parse(Note.parse(row.note).text).signed(signing_key(1)))
        update(connection, "audit_checkpoint", row, note=note)
    return ("names a key of the log that the table does not have",)


@plot("a cosignature is moved under another checkpoint", "cosignature")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row, size = rows_of(connection, "audit_cosignature")[0], rows_of(connection, "audit_checkpoint")[0].size
    update(connection, "audit_cosignature", row, size=size)
    return (f"audit_cosignature {size}",)


@plot("a tile is exchanged for one of another tree", "tile")
def _(connection: sa.Connection) -> tuple[str, ...]:
    update(connection, "audit_tile", rows_of(connection, "audit_tile")[0], hashes=b"t" * 32)
    return ("audit_tile 1/0",)


@plot("a tile has more hashes than the tree", "tile")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "audit_tile")[0]
    update(connection, "audit_tile", row, hashes=bytes(row.hashes) + b"t" * 32)
    return ("audit_tile 1/0",)


@plot("a withdrawal is turned into a consent", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "consent_act", "act = 'withdraw'")[0]
    update(connection, "consent_act", row, act="give")
    return (str(row.id),)


@plot("a withdrawal vanishes with its event's body", "body")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "consent_act", "act = 'withdraw'")[0]
    delete(connection, "consent_act", row)
    bodies = table_of("audit_body")
    about = sa.and_(bodies.c.object_id == str(row.id), bodies.c.action == "consent.withdrawn")
    [event_id] = connection.scalars(sa.select(bodies.c.event_id).where(about))
    connection.execute(sa.delete(bodies).where(bodies.c.event_id == event_id))
    return (str(event_id),)


@plot("a withdrawal vanishes with all of its event", "leaf")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "consent_act", "act = 'withdraw'")[0]
    delete(connection, "consent_act", row)
    bodies, leaves, events = (table_of(f"audit_{name}") for name in ("body", "leaf", "event"))
    about = sa.and_(bodies.c.object_id == str(row.id), bodies.c.action == "consent.withdrawn")
    [event_id] = connection.scalars(sa.select(bodies.c.event_id).where(about))
    number = connection.scalar(sa.select(leaves.c.sequence_number).where(leaves.c.event_id == event_id))
    connection.execute(sa.delete(bodies).where(bodies.c.event_id == event_id))
    connection.execute(sa.delete(leaves).where(leaves.c.event_id == event_id))
    connection.execute(sa.delete(events).where(events.c.id == event_id))
    return (f"audit_leaf {number}:", f"audit_leaf {number} ")


@plot("a key for the API that nobody made", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "api_key", "client_id IS NOT NULL")[0]
    insert(connection, "api_key", row, id=new_id(), key_sha256=b"k" * 32)
    return (f"api_client {row.client_id}",)


@plot("a revoked key works again", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "api_key", "revoked_at IS NOT NULL")[0]
    update(connection, "api_key", row, revoked_at=None)
    return (f"api_client {row.client_id}",)


@plot("somebody on the staff whom nobody added", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    staff_id = new_id()
    insert(connection, "staff", rows_of(connection, "staff")[0], id=staff_id, name="eve")
    return (f"staff {staff_id}",)


@plot("an approval that nobody gave", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "approval", "outcome IS NULL")[0]
    who = rows_of(connection, "staff")[-1].id
    update(connection, "approval", row, outcome="approved", decided_by=who, decided_at=row.requested_at + 1)
    return (f"approval {row.id}",)


@plot("a person who was forgotten is back", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    forgotten = rows_of(connection, "audit_body", "action = 'subject.forgotten'")[0].object_id
    insert(connection, "data_subject", rows_of(connection, "data_subject")[0], id=UUID(forgotten))
    return (forgotten,)


@plot("an act that was deleted is back", "row", "consent")
def _(connection: sa.Connection) -> tuple[str, ...]:
    gone = rows_of(connection, "audit_body", "action = 'subject.created'")[0]
    row = rows_of(connection, "consent_act")[0]
    again = new_id()
    insert(connection, "consent_act", row, id=again, repeat_index=gone.event_id.bytes)
    return (str(again),)


@plot("the programme in force allows more", "row")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "programme_version")[-1]
    update(connection, "programme_version", row, document=row.document.replace('"email"', '"sms"', 1))
    return (f"programme_version {row.number}",)


@plot("facts of consent for somebody who never gave it", "consent")
def _(connection: sa.Connection) -> tuple[str, ...]:
    row = rows_of(connection, "consent_fact")[0]
    insert(connection, "consent_fact", row, channel="sms")
    return ("sms",)


def _wait(connection: sa.Connection, event_id: Any) -> None:
    values = {"event_id": event_id, "recorded_at": clock.micros()}
    connection.execute(sa.insert(table_of("audit_pending")).values(values))


def _signed_by(connection: sa.Connection, keys: Sequence[SigningKey]) -> tuple[str, ...]:
    row = rows_of(connection, "audit_checkpoint")[-1]
    note = str(Checkpoint.parse(Note.parse(row.note).text).signed(*keys))
    update(connection, "audit_checkpoint", row, note=note)
    return (f"audit_checkpoint {row.size}",)


def cut_off(connection: sa.Connection, size: int) -> None:
    """As if the log had never had more leaves: what came after, and the rows that it speaks of, are gone."""
    for row in rows_of(connection, "audit_leaf")[size:]:
        for name, key in (("audit_body", "event_id"), ("audit_event", "id")):
            table = table_of(name)
            connection.execute(sa.delete(table).where(table.c[key] == row.event_id))
        delete(connection, "audit_leaf", row)
    for table, column in (("audit_checkpoint", "size"), ("audit_cosignature", "size")):
        found = table_of(table)
        connection.execute(sa.delete(found).where(found.c[column] > size))
    connection.execute(sa.update(table_of("audit_log")).values(size=size))
    rewrite(connection, [])


def rewrite(connection: sa.Connection, keys: Sequence[SigningKey]) -> None:
    """Leaf hashes, tiles, roots and, where there are keys, checkpoints, all made anew from the events."""
    frontier, tiles, roots = Frontier(), dict[tuple[int, int], bytes](), dict[int, bytes]()
    events = {row.id: row for row in rows_of(connection, "audit_event")}
    for row in rows_of(connection, "audit_leaf"):
        event = events[row.event_id]
        leaf_hash = merkle.leaf_hash(leaf_bytes(event.id, event.v, bytes(event.commitment)))
        if leaf_hash != bytes(row.leaf_hash):
            update(connection, "audit_leaf", row, leaf_hash=leaf_hash)
        for level, number, node in frontier.append(leaf_hash)[HEIGHT::HEIGHT]:
            place = (level // HEIGHT, number // WIDTH)
            tiles[place] = tiles.get(place, b"") + node
        roots[frontier.size] = frontier.root()
    connection.execute(sa.delete(table_of("audit_tile")))
    for (level, number), hashes in tiles.items():
        connection.execute(sa.insert(table_of("audit_tile")).values(level=level, number=number, hashes=hashes))
    second = {row.number: row for row in rows_of(connection, "audit_key")}.get(2)
    turns = {row.event_id: row.sequence_number for row in rows_of(connection, "audit_leaf")}
    turn = turns.get(second.event_id, 0) if second else 0
    for row in rows_of(connection, "audit_checkpoint") if keys else ():
        key = keys[-1] if row.size > turn else keys[0]
        note = str(Checkpoint("log.example.org/tests", row.size, roots[row.size]).signed(key))
        update(connection, "audit_checkpoint", row, root=roots[row.size], note=note)
