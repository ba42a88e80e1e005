"""Have the published checkpoints cosigned by the installation's witnesses, and say how the log stands with them.

Each witness is asked by a job of its own, so that one that is slow or dead holds up nobody: not the sequencer, which
knows nothing of this, and not the other witnesses.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.audit import keys, merkle, proofs
from privacy.audit.failures import CheckpointNotFound
from privacy.audit.models import AuditCheckpoint, AuditCosignature, AuditLeaf, AuditPending
from privacy.audit.note import Note, Signature
from privacy.audit.policy import Policy, Standing, installed, next_for
from privacy.audit.witnessing import TIMEOUT_SECONDS, Witness, WitnessBehind, WitnessRefused, WitnessUnreachable, ask
from privacy.db import Driver, Statement, end_read, session, unit_of_work

#: Checkpoints that lack their cosignatures for longer make the service unready.
COSIGNED_WITHIN = 60 * clock.SECOND
#: Events that wait for longer make the service unready.
PUBLISHED_WITHIN = 15 * 60 * clock.SECOND
#: How long a witness that failed is left alone: at first, and at most, twice as long each time.
_FIRST_REST, _LONGEST_REST = clock.SECOND, 60 * clock.SECOND
#: A witness may tell once or twice that it stands elsewhere; one that goes on so is asked again later.
_ATTEMPTS = 3

_KEEP = Statement(
    sa.text(
        "INSERT INTO audit_cosignature (size, witness, line, cosigned_at) VALUES (:size, :witness, :line, :cosigned_at)"
        " ON CONFLICT (size, witness) DO UPDATE SET line = excluded.line, cosigned_at = excluded.cosigned_at"
    )
)
_log = logging.getLogger("privacy.audit")
Context = Callable[[], AbstractContextManager[Any]]


class Asking:
    """The conversation with one witness; one for a process."""

    def __init__(self, witness: Witness, policy: Policy, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self.witness = witness
        self._policy = policy
        self._timeout = timeout
        self._rest = 0
        self._rest_until = 0

    def run(self, context: Context, _stop: threading.Event) -> int:
        """Ask for one cosignature where one is wanted, and keep it; returns how many it got."""
        if clock.micros() < self._rest_until:
            return 0
        with context():
            size = self._wanted()
            end_read()
        if size is None:
            return 0
        try:
            line = self._asked(context, size)
        except (WitnessRefused, WitnessUnreachable, WitnessBehind) as error:
            self._rest = min(max(2 * self._rest, _FIRST_REST), _LONGEST_REST)
            self._rest_until = clock.micros() + self._rest
            _log.warning("a checkpoint is not cosigned", exc_info=error, extra={"size": size})
            return 0
        self._rest = 0
        with context(), unit_of_work() as current:
            values = {"size": size, "witness": self.witness.name, "line": str(line), "cosigned_at": clock.micros()}
            Driver.of(current).run(_KEEP, values)
        return 1

    def _wanted(self) -> int | None:
        standing = _standing(self._policy)
        return next_for(self.witness.name, standing, self._policy, clock.micros()) if standing else None

    def _asked(self, context: Context, size: int) -> Signature:
        """Its cosignature of that checkpoint, proven from where it stands. No transaction is open meanwhile."""
        old = None
        for _ in range(_ATTEMPTS):
            with context():
                note = Note.parse(proofs.checkpoint_of(size, Policy()).note)
                if old is None:
                    old = _cosigned(self.witness, size)
                proof = merkle.prove_consistency(old, size, proofs.stored_tree()) if old else []
                end_read()
            try:
                return ask(self.witness, old=old, proof=proof, note=note, timeout=self._timeout)
            except WitnessBehind as error:
                old = error.size
        raise WitnessRefused(f"The witness {self.witness.name} says each time that it stands elsewhere.")


def is_witnessed() -> bool:
    """Whether the log has the cosignatures that it needs: none of its checkpoints has waited longer than a minute."""
    policy = installed()
    if not policy.required:
        return True
    try:
        size = proofs.newest_checkpoint().size
    except CheckpointNotFound:
        size = 0
    query = sa.select(AuditCheckpoint.published_at).where(AuditCheckpoint.size > size)
    waiting = session().scalar(query.order_by(AuditCheckpoint.size).limit(1))
    return waiting is None or clock.micros() - waiting < COSIGNED_WITHIN


def is_published() -> bool:
    """Whether the log goes on: no event has waited longer than 15 minutes. Raises `LogNotOpened`."""
    keys.origin()
    published = sa.select(sa.func.coalesce(sa.func.max(AuditCheckpoint.size), 0)).scalar_subquery()
    # What waits longest: the first that is recorded, and the first that is sequenced and not published.
    recorded = sa.select(AuditPending.recorded_at).order_by(AuditPending.position).limit(1)
    sequenced = sa.select(AuditLeaf.sequenced_at).where(AuditLeaf.sequence_number == published)
    times = [session().scalar(query) for query in (recorded, sequenced)]
    return all(at is None or clock.micros() - at < PUBLISHED_WITHIN for at in times)


def _standing(policy: Policy) -> Standing | None:
    """How the log and its witnesses stand; None before the first checkpoint."""
    newest = session().scalar(sa.select(sa.func.max(AuditCheckpoint.size)))
    if newest is None:
        return None
    cosigned = {one.name: _cosigned(one) for one in policy.witnesses}
    ours = proofs.cosigned_by(one.key for one in policy.witnesses)
    together = session().execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(AuditCosignature.cosigned_at), 0)).where(
            AuditCosignature.size == max(cosigned.values()), ours
        )
    )
    count, at = together.one()
    return Standing(newest, cosigned, count, at)


def _cosigned(witness: Witness, up_to: int = merkle.LARGEST) -> int:
    """The newest checkpoint that the witness cosigned, as far as it is known here; 0 for none."""
    query = sa.select(AuditCosignature.size).where(proofs.cosigned_by([witness.key]), AuditCosignature.size <= up_to)
    return session().scalar(query.order_by(AuditCosignature.size.desc()).limit(1)) or 0
