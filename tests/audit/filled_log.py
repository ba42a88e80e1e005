"""A log of many leaves, made without recording each: what the sequencer would have written, in bulk."""

from __future__ import annotations

import os

import sqlalchemy as sa

from privacy.audit import keys, merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.leaf import leaf_bytes
from privacy.audit.merkle import Frontier
from privacy.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditLog, AuditPending, AuditTile
from privacy.audit.service import Anchor
from privacy.audit.tiles import HEIGHT, WIDTH
from privacy.db import new_id, session, unit_of_work

_AT_ONCE = 20_000


def fill_up(size: int, anchor: Anchor) -> None:
    """Let the log, in which at most its first event is recorded, have `size` leaves under one checkpoint."""
    with unit_of_work() as current:
        opened = current.scalars(sa.select(AuditEvent)).one()
        current.execute(sa.delete(AuditPending))
        frontier, tiles = Frontier(), dict[tuple[int, int], bytes]()
        first = (opened.id, opened.commitment)
        for start in range(0, size, _AT_ONCE):
            wanted = min(_AT_ONCE, size - start)
            events = [(new_id(), os.urandom(32)) for _ in range(wanted)]
            if not start:
                events[0] = first
            leaves = []
            for event_id, commitment in events:
                leaf_hash = merkle.leaf_hash(leaf_bytes(event_id, 1, commitment))
                leaves.append(
                    {
                        "sequence_number": frontier.size,
                        "event_id": event_id,
                        "leaf_hash": leaf_hash,
                        "sequenced_at": 0,
                    }
                )
                for level, number, node in frontier.append(leaf_hash)[HEIGHT::HEIGHT]:
                    place = (level // HEIGHT, number // WIDTH)
                    tiles[place] = tiles.get(place, b"") + node
            new = [{"id": one, "v": 1, "commitment": commitment} for one, commitment in events if one != opened.id]
            if new:
                current.execute(sa.insert(AuditEvent), new)
            current.execute(sa.insert(AuditLeaf), leaves)
        rows = [{"level": level, "number": number, "hashes": hashes} for (level, number), hashes in tiles.items()]
        if rows:
            current.execute(sa.insert(AuditTile), rows)
        checkpoint = Checkpoint(keys.origin(), size, frontier.root())
        note = str(checkpoint.signed(keys.signing_key(keys.log_keys()[0])))
        current.add(AuditCheckpoint(size=size, root=checkpoint.root, note=note, published_at=0))
        current.execute(sa.update(AuditLog).values(size=size))
    session().rollback()
    anchor.write(note)
