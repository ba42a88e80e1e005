"""People for the measurements: the rows that the service would have made, with its own keys, indexes and fold.

Half of them are contacts alone (newsletter sign-ups), half accounts that hold an e-mail address; each has given one
consent. Their audit events are left out: no check reads them. `bench.sample` proves the rows right.
"""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.consent import policy, rows
from privacy.consent.models import ConsentAct, ConsentFact
from privacy.crypto import blind_index, keyring
from privacy.crypto.owner_keys import OwnerKey, OwnerKeyRow, new_owner_key
from privacy.db import new_id
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact

PURPOSE, CHANNEL = "offers", "email"
WORDING = ("klauzula", "3.0")
_SOURCE = {"system": "shop", "point": "checkout", "method": "web_form"}

Values = dict[str, Any]
#: Rows by table, in the order of the tables' columns; ids as 16 bytes.
Rows = dict[str, list[tuple[Any, ...]]]
TABLES = tuple(
    model.__table__ for model in (DataSubject, OwnerKeyRow, AccountIdentifier, SubjectContact, ConsentAct, ConsentFact)
)
_COLUMNS = {table.name: tuple(column.name for column in table.columns) for table in TABLES}
#: People whose rows one process makes at a time.
_PORTION = 5_000


def subject(number: int) -> dict[str, str]:
    """How a caller names a person: odd ones by account and address, even ones by address alone."""
    named = {"email": f"person{number}@example.com"}
    return named | {"customer_id": f"C-{number}"} if number % 2 else named


def portions(programme: Programme, people: int) -> Iterator[tuple[int, Rows]]:
    """The rows of so many people, a portion at a time behind the number of its first; made by two processes."""
    ranges = [(programme, start, min(start + _PORTION, people)) for start in range(0, people, _PORTION)]
    with get_context("fork").Pool(2) as pool:
        yield from pool.imap(_portion, ranges)


def _portion(given: tuple[Programme, int, int]) -> tuple[int, Rows]:
    programme, start, end = given
    made: Rows = {table.name: [] for table in TABLES}
    for number in range(start, end):
        for table, values in _person(programme, number):
            made[table].append(tuple([_plain(values[name]) for name in _COLUMNS[table]]))
    return start, made


def _plain(value: Any) -> Any:
    return value.bytes if isinstance(value, UUID) else value


def _person(programme: Programme, number: int) -> Iterator[tuple[str, Values]]:
    naming = subjects.name_of(programme, SERVICE, subject(number))
    now, subject_id = clock.micros(), new_id()
    key, key_row = new_owner_key(keyring.installed(), subject_id)
    yield "data_subject", _subject(subject_id, account=bool(naming.accounts), now=now)
    yield "owner_key", dict(key_row)
    for account in naming.accounts:
        row = new_id()
        yield (
            "account_identifier",
            _held(row, subject_id, account, now)
            | {
                "type": account.type.code,
                "value_enc": key.seal("account_identifier", "value_enc", row, account.normal.given.encode()),
                "retired_at": None,
            },
        )
    email, contact_id = naming.contacts[ContactKind.EMAIL], new_id()
    yield (
        "subject_contact",
        _held(contact_id, subject_id, email, now)
        | {
            "kind": email.kind.value,
            "alone": not naming.accounts,
            "value_enc": key.seal("subject_contact", "value_enc", contact_id, email.normal.given.encode()),
            "own_act_at": now,
            "held_until": None,
            "ended": None,
        },
    )
    yield from _consent(subject_id, contact_id, key, now)


def _subject(subject_id: UUID, *, account: bool, now: int) -> Values:
    return {
        "id": subject_id,
        "realm": "live",
        "kind": "account" if account else "contact",
        "person_id": subject_id,
        "cluster_id": subject_id,
        "group_id": subject_id,
        "merged_id": None,
        "members": 1,
        "version": 1,
        "standing": 0,
        "age_class": None,
        "created_at": now,
    }


def _held(row: UUID, subject_id: UUID, name: Any, now: int) -> Values:
    return {
        "id": row,
        "subject_id": subject_id,
        "key_version": 1,
        "value_bidx": name.index,
        "sha256_bidx": name.sha256_index,
        "source": _SOURCE["system"],
        "held_from": now,
        "recorded_at": now,
    }


def _consent(subject_id: UUID, contact_id: UUID, key: OwnerKey, now: int) -> Iterator[tuple[str, Values]]:
    act_id = new_id()
    values: Values = dict.fromkeys(_COLUMNS["consent_act"]) | {
        "id": act_id,
        "subject_id": subject_id,
        "act": "give",
        "purpose": PURPOSE,
        "channel": CHANNEL,
        "contact_id": contact_id,
        "earliest": now,
        "latest": now,
        "received_at": now,
        "wording_code": WORDING[0],
        "wording_version": WORDING[1],
        "locale": "pl",
        "source_system": _SOURCE["system"],
        "source_point": _SOURCE["point"],
        "source_method": _SOURCE["method"],
        "proof": "own_act",
        "setting": "online",
        "explicit": False,
        "repeat_index": blind_index.of_repeat(keyring.installed(), act_id.bytes),
        "recorded_by": SERVICE.id,
        "key_version": key.version,
    }
    yield "consent_act", values
    act, _ = rows.act_of(tuple(values[column.key] for column in rows.ACT_COLUMNS), subject_id, [])
    facts = policy.pack(policy.fold([act]))
    yield "consent_fact", {"subject_id": subject_id, "purpose": PURPOSE, "channel": CHANNEL, "facts": facts}
