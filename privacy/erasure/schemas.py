"""What the HTTP API takes and gives of erasures and evidence records."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class RemainsOut(Struct):
    """Something that remains of an erased person."""

    what: str
    #: How many, where that can be told.
    count: int | None
    #: The last day; null for what is no personal data.
    until: str | None
    basis: str | None


class ErasureOut(Struct):
    """One erasure, without personal data."""

    id: str
    erased_at: str
    #: After this no copy of the person's keys exists anywhere.
    shred_by: str
    #: Rows by table.
    deleted: dict[str, int]
    remains: list[RemainsOut]


class CertificateOut(Struct):
    """The certificate of an erasure, signed and proven by the log."""

    format: str
    title: str
    language: str
    #: What the event of the erasure commits to.
    erasure: dict[str, Any]
    #: The same in words.
    told: dict[str, Any]
    proof: dict[str, Any]


class SearchIn(Struct, forbid_unknown_fields=True):
    """A contact that evidence records are looked for by, and the case that they are needed for."""

    contact: dict[str, str]
    case: str


class RecordFoundOut(Struct):
    """That a record is there."""

    id: str
    erasure: str
    #: The last day on which it may be read.
    expires_on: str


class RecordsFoundOut(Struct):
    """Every record that names the contact."""

    records: list[RecordFoundOut]


class OpenIn(Struct, forbid_unknown_fields=True):
    """A record is opened by two people: the first gives a reason, the second the approval's id."""

    case: str
    reason: str | None = None
    approval: str | None = None


class OpenedOut(Struct):
    """The approval that another person must give, or the record."""

    approval: str
    opened: bool
    record: dict[str, Any] | None = None
