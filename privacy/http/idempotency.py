"""`Idempotency-Key`: the same request sent again has one effect and gets the same answer.

The answer is stored in the transaction of the effect, so there is never one without the other. The row is inserted
first: a second request with the same key waits for the first to end, then replays its answer or, where that was
rolled back, does the work itself. (draft-ietf-httpapi-idempotency-key-header; the answer is sealed because it may
hold personal data, and gone after seven days.)
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from privacy import clock
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey, load_owner_key
from privacy.db import Driver, Statement, as_uuid, new_id
from privacy.http.failures import IdempotencyKeyMalformed, IdempotencyMismatch
from privacy.http.models import IdempotentAnswer

KEPT_DAYS = 7
REPLAYED = "Idempotency-Replayed"
#: Headers that belong to the answer; the others are made for each request.
_KEPT_HEADERS = frozenset({"content-type", "location", "etag", "link"})
_TABLE, _COLUMN = "idempotent_answer", "body_enc"

_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~:/=-]{1,255}")
#: Both forms, for the API description.
PATTERN = f"^(?:{_QUOTED.pattern}|{_TOKEN.pattern})$"

_VALUES: dict[str, sa.BindParameter[Any]] = {
    name: sa.bindparam(name) for name in ("id", "actor_id", "key_bidx", "fingerprint", "key_version", "created_at")
}
#: Inserts nothing, and returns nothing, where the key is there. Waits while another transaction holds it.
_CLAIM = {
    "sqlite": Statement(
        sqlite.insert(IdempotentAnswer).values(_VALUES).on_conflict_do_nothing().returning(IdempotentAnswer.id)
    ),
    "postgresql": Statement(
        postgresql.insert(IdempotentAnswer).values(_VALUES).on_conflict_do_nothing().returning(IdempotentAnswer.id)
    ),
}
_FIND = Statement(
    sa.select(
        IdempotentAnswer.id,
        IdempotentAnswer.fingerprint,
        IdempotentAnswer.status,
        IdempotentAnswer.key_version,
        IdempotentAnswer.body_enc,
    )
    .where(IdempotentAnswer.actor_id == sa.bindparam("actor_id", type_=sa.LargeBinary()))
    .where(IdempotentAnswer.key_bidx == sa.bindparam("key_bidx"))
)
_STORE = Statement(
    sa.update(IdempotentAnswer)
    .where(IdempotentAnswer.id == sa.bindparam("row", type_=sa.LargeBinary()))
    .values(status=sa.bindparam("status"), body_enc=sa.bindparam("body_enc"))
)


@dataclass(frozen=True)
class StoredAnswer:
    """Status, headers and body as they were first sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Claim:
    """The place that this request's answer will take."""

    id: UUID
    key: OwnerKey


def parse_key(header: str) -> str:
    """The key: a quoted string (RFC 9651) or a bare token; raises `IdempotencyKeyMalformed`."""
    if match := _QUOTED.fullmatch(header):
        return re.sub(r"\\(.)", r"\1", match[1])
    if _TOKEN.fullmatch(header):
        return header
    raise IdempotencyKeyMalformed


def claim(current: Session, *, actor_id: UUID, scope: str, content: bytes) -> Claim | StoredAnswer:
    """Take the key's place in the open unit of work, or return the answer that stands there.

    `scope` is method, path and key; `content` is all that makes the request what it is. Raises `IdempotencyMismatch`
    where the key stands for other content.
    """
    ring = keyring.installed()
    owner = load_owner_key(current, ring, SERVICE_OWNER)
    driver = Driver.of(current)
    row_id = new_id()
    row = {
        "id": row_id,
        "actor_id": actor_id,
        "key_bidx": blind_index.of_repeat(ring, b"idempotency key " + scope.encode()),
        "fingerprint": blind_index.of_repeat(ring, b"idempotency content " + content),
        "key_version": owner.version,
        "created_at": clock.micros(),
    }
    if driver.rows(_CLAIM[driver.dialect], row):
        return Claim(row_id, owner)
    ((found, fingerprint, status, version, sealed),) = driver.rows(_FIND, row)
    if bytes(fingerprint) != row["fingerprint"]:
        raise IdempotencyMismatch
    if version != owner.version:
        owner = load_owner_key(current, ring, SERVICE_OWNER, version)
    return _open(owner, as_uuid(found), status, bytes(sealed))


def store(current: Session, place: Claim, answer: StoredAnswer) -> None:
    """Store the answer in the place that was claimed."""
    kept = [(name, value) for name, value in answer.headers if name.lower() in _KEPT_HEADERS]
    document = msgspec.json.encode({"headers": kept, "body": base64.b64encode(answer.body).decode()})
    sealed = place.key.seal(_TABLE, _COLUMN, place.id, document)
    Driver.of(current).run(_STORE, {"row": place.id, "status": answer.status, "body_enc": sealed})


def _open(owner: OwnerKey, row: UUID, status: int, sealed: bytes) -> StoredAnswer:
    document = msgspec.json.decode(owner.open(_TABLE, _COLUMN, row, sealed))
    headers = [(name, value) for name, value in document["headers"]]
    return StoredAnswer(status, headers, base64.b64decode(document["body"]))
