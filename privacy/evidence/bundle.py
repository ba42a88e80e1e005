"""An evidence bundle about one person (docs/evidence.md): one archive that verifies without this service."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.db import end_read
from privacy.evidence import archive, decisions
from privacy.evidence.account import Account, read_account
from privacy.evidence.acts import Texts, readable_acts
from privacy.evidence.summary import Summary
from privacy.evidence.summary_texts import words
from privacy.programme.service import Programme
from privacy.subjects.service import Naming

MEDIA_TYPE = "application/zip"


@dataclass(frozen=True)
class Bundle:
    """An archive that is ready to be handed out, once `record_bundle` has noted who takes it."""

    subject_id: UUID
    content: bytes
    events: int
    acts: int
    #: Events whose body is erased.
    erased: int
    #: Leaves of the checkpoint to which everything is proven.
    size: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the archive, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def make_bundle(
    naming: Naming,
    *,
    actor: Actor,
    programme: Programme,
    locale: str,
    presented: Sequence[Mapping[str, Any]] = (),
    seconds: float,
) -> Bundle:
    """The bundle about the person that is named, with everybody who is one with them.

    `presented`: signed decisions to include. `locale`: of the summary (BCP 47); waits up to `seconds` for the newest
    event to be published. Raises `NotFound`, `SeveralPeople`, `ForeignDecision`, `NotPublishedYet`. Not inside a unit
    of work; nothing may be handed out before `record_bundle` is committed.
    """
    account = read_account(naming, actor=actor, programme=programme, seconds=seconds)
    told = decisions.checked(presented, account, actor=actor, programme=programme)
    end_read()  # On SQLite an open read would keep every writer out while the summary is laid out.
    files = _files(account, told, programme, locale)
    about = {"subject": str(account.members[0]), "members": [str(member) for member in account.members]}
    content = archive.packed(files, about, account.proven, at=clock.isoformat(account.at))
    end_read()
    return Bundle(
        account.members[0],
        content,
        len(account.events),
        len(account.acts),
        account.unreadable,
        account.proven.checkpoint.size,
    )


def record_bundle(bundle: Bundle, *, actor: Actor) -> UUID:
    """Record who takes what about whom; in the open unit of work, before the archive is handed out."""
    content = {"sha256": bundle.sha256, "bytes": len(bundle.content)}
    record = partial(
        audit.record,
        "evidence.exported",
        actor=actor,
        object_type="evidence_bundle",
        object_id=bundle.subject_id,
        content=content,
        details={**content, "events": bundle.events, "log_size": bundle.size},
    )
    try:
        return record(subject_id=bundle.subject_id)
    except KeyDestroyed:
        return record()


def _files(account: Account, told: Sequence[Mapping[str, Any]], programme: Programme, locale: str) -> dict[str, bytes]:
    texts = Texts(programme)
    acts = readable_acts(account, texts)
    files = {
        "events.jsonl": archive.lines(account.events),
        "objects.jsonl": archive.lines(account.objects),
        "acts.json": audit.readable(acts),
        **({"decisions.jsonl": archive.lines(told)} if told else {}),
        **texts.cited_by(account),
    }
    summary = Summary(account, acts, len(told), programme, words(locale))
    files |= {"summary.html": summary.html(), "summary.pdf": summary.pdf()}
    return {**files, "README.txt": summary.readme([*files])}
