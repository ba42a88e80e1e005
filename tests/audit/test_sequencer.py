"""Events become leaves, leaves a published tree; one sequencer at a time, and never on top of another history."""

from __future__ import annotations

import base64
import contextlib
import threading
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from privacy.audit import merkle, service
from privacy.audit.checkpoint import verify_checkpoint
from privacy.audit.leaf import leaf_bytes
from privacy.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditLog, AuditPending
from privacy.db import session, unit_of_work
from tests.build import an_actor

pytestmark = pytest.mark.usefixtures("context")
ACTOR = an_actor()
NOTHING = contextlib.nullcontext


@pytest.fixture
def anchor(tmp_path: Path) -> service.Anchor:
    return service.Anchor(tmp_path / "log-checkpoint.txt")


def recorded(number: int = 1) -> list[UUID]:
    """So many events, committed together."""
    with unit_of_work():
        return [
            service.record("thing.done", actor=ACTOR, object_type="thing", object_id=str(n), content={"n": n})
            for n in range(number)
        ]


def leaves() -> list[tuple[int, UUID]]:
    query = sa.select(AuditLeaf.sequence_number, AuditLeaf.event_id).order_by(AuditLeaf.sequence_number)
    return [(number, event_id) for number, event_id in session().execute(query)]


def test_events_are_sequenced_in_their_order_without_a_gap_and_published(anchor: service.Anchor) -> None:
    first = recorded(3)
    service.Sequencer(anchor).run(NOTHING, threading.Event())
    second = recorded(2)
    service.settle(anchor, seconds=5)
    found = leaves()
    assert [number for number, _ in found] == list(range(6))
    assert [event_id for _, event_id in found][1:] == first + second
    assert session().scalar(sa.select(sa.func.count()).select_from(AuditPending)) == 0
    published = service.newest_checkpoint()
    checkpoint, _ = verify_checkpoint(published.note, service.origin(), [service.log_keys()[0].verifier])
    assert (checkpoint.size, checkpoint.root) == (6, published.root)
    assert anchor.read() == checkpoint


def test_the_published_root_is_that_of_the_leaves_however_they_came(anchor: service.Anchor) -> None:
    for portion in (1, 2, 250, 3, 300, 1, 513):
        recorded(portion)
        service.settle(anchor, seconds=5)
    frontier = merkle.Frontier()
    rows = session().execute(
        sa.select(AuditEvent.id, AuditEvent.v, AuditEvent.commitment)
        .join(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
        .order_by(AuditLeaf.sequence_number)
    )
    roots = {}
    for event_id, version, commitment in rows:
        frontier.append(merkle.leaf_hash(leaf_bytes(event_id, version, commitment)))
        roots[frontier.size] = frontier.root()
    stored = {
        size: bytes(root) for size, root in session().execute(sa.select(AuditCheckpoint.size, AuditCheckpoint.root))
    }
    assert len(stored) == 7
    assert stored == {size: roots[size] for size in stored}


def test_every_event_is_proven_by_its_evidence(anchor: service.Anchor) -> None:
    ids = recorded(300)
    service.settle(anchor, seconds=5)
    index, published = service.wait_until_published(ids[-1], seconds=1)
    evidence = service.event_evidence([ids[0], ids[-1]], published.size)
    for one in evidence:
        leaf = leaf_bytes(UUID(one["leaf"]["event_id"]), 1, base64.b64decode(one["leaf"]["commitment"]))
        proof = [base64.b64decode(node) for node in one["proof"]]
        merkle.verify_inclusion(merkle.leaf_hash(leaf), one["index"], published.size, proof, published.root)
        assert one["body"]["id"] == one["leaf"]["event_id"]
    assert evidence[-1]["index"] == index
    for old in (1, 2, 255, 256, 257, 300, published.size):
        service.consistency(old, published.size)


def test_a_fresh_event_is_waited_for(anchor: service.Anchor) -> None:
    (event_id,) = recorded()
    with pytest.raises(service.NotPublishedYet):
        service.wait_until_published(event_id, seconds=0)
    with pytest.raises(service.EventNotFound):
        service.wait_until_published(UUID(int=7), seconds=0)


def test_another_sequencer_waits_for_the_lease_and_then_goes_on(anchor: service.Anchor) -> None:
    one, other = service.Sequencer(anchor), service.Sequencer(anchor)
    recorded()
    assert one.turn() == 2
    recorded()
    assert other.turn() == 0
    with unit_of_work() as current:
        current.execute(sa.update(AuditLog).values(lease_until=0))
    assert other.turn() == 1
    fence = session().scalar(sa.select(AuditLog.fence))
    assert fence == 2
    recorded()
    assert one.turn() == 0
    assert other.turn(publish_now=True) == 1


def test_a_log_that_was_rolled_back_is_not_continued(anchor: service.Anchor) -> None:
    recorded(5)
    service.settle(anchor, seconds=5)
    checkpoint = anchor.read()
    assert checkpoint is not None
    ahead = service.Sequencer(anchor)
    anchor.write(service.newest_checkpoint().note.replace("\n6\n", "\n7\n"))
    recorded()
    with pytest.raises(service.LogBroken, match="rolled back"):
        ahead.turn()
    assert len(leaves()) == 6
