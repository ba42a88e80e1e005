"""A processor that speaks OpenDSR 2.0: it is asked by identities, takes days, and hands out files.

It shows no rows. What `find` returns are the identities by which it was asked, one row each, so that a later erasure
names them again; what it holds of the person comes as files with them.
"""

from __future__ import annotations

import hashlib
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.programme.connector_settings import Identity, IdentityFormat, OpenDsrSettings
from privacy.programme.data_map import DataSet, Table
from privacy.systems.addresses import Resolve
from privacy.systems.connector import (
    Aim,
    Column,
    Confirm,
    Done,
    Finding,
    Found,
    Key,
    Level,
    Pending,
    SystemFailure,
    SystemRefused,
    SystemUnreachable,
    TableChange,
    Task,
    TooManyRows,
    Verb,
    WithoutDays,
)
from privacy.systems.opendsr_processor import Processor, RequestStatus, Status

_ASKED_FOR = {Aim.DATA: "access", Aim.PORTABLE: "portability"}
_ERASURE = "erasure"


class OpenDsrConnector(WithoutDays):
    """One processor. See `connector.Connector`."""

    def __init__(
        self, settings: OpenDsrSettings, secret: Mapping[str, Any], *, resolve: Resolve = socket.getaddrinfo
    ) -> None:
        """`secret`: `token` where it wants one, `private_key` (PEM) where it wants our signature."""
        self._settings = settings
        self._processor = Processor(settings, secret, resolve)
        self._by_code = {one.identity: one for one in settings.identities}

    def test(self, data_sets: Sequence[DataSet]) -> Sequence[Finding]:
        """Whether it answers, signs as its domain, and knows the requests and identities that are needed."""
        try:
            discovery = self._processor.discover()
            self._processor.certificate(discovery)
        except SystemUnreachable as error:
            return (Finding("reachable", Level.FAILED, "", error.detail),)
        except SystemFailure as error:
            return (Finding("permission", Level.FAILED, "", error.detail),)
        found = [Finding("reachable", Level.OK, "", "It answers, and its certificate holds.")]
        found += _missing_types(discovery)
        found += _missing_identities(discovery, self._settings.identities)
        return tuple(found + [one for data_set in data_sets for one in self._unnamed(data_set)])

    def columns(self, *, sample: int = 0) -> Sequence[Column]:  # noqa: ARG002 - it has none to sample
        """Raises `SystemRefused`: a processor shows no catalogue."""
        raise SystemRefused("A processor shows no catalogue: its data map is written by hand.")

    def count(self, task: Task, table: Table, keys: Sequence[Key]) -> int:  # noqa: ARG002 - asks nobody
        """How many identities it would be asked by; how much it holds, only its answer says."""
        return sum(1 for _ in _rows(key for key in keys if self._identity(table, key.name)))

    def find(self, task: Task, table: Table, keys: Sequence[Key], *, limit: int) -> Found:
        """The identities and, where data are wanted, what the processor has of them once it is done."""
        known = [key for key in keys if self._identity(table, key.name)]
        rows = tuple(_rows(known))
        if len(rows) > limit:
            raise TooManyRows(f"{len(rows)} identities are too many.", table=table.name, found=len(rows))
        if not known:
            raise SystemRefused("The processor knows nobody by the identifiers that are known.")
        identities = [one for key in known for one in self._identities(table, key.name, key.values)]
        if task.aim is Aim.PLACES:
            return Found(rows)
        status = self._status(task, _ASKED_FOR[task.aim], identities)
        if isinstance(status, Pending):
            return Found((), pending=status)
        if status.results_url is None:
            if status.results_count == 0:
                return Found(())
            raise SystemRefused("The processor is done and does not say what it found.")
        ending, content = self._processor.results(status.results_url)
        return Found(rows, files=((f"{self._settings.domain}-{table.name}.{ending}", content),))

    def change(
        self,
        task: Task,
        verb: Verb,
        tables: Sequence[Table],
        changes: Sequence[TableChange],
        *,
        confirm: Confirm | None = None,
    ) -> Done:
        """Have it erase whatever it holds of these identities. Raises `SystemRefused` for any other verb."""
        if verb is not Verb.ERASE:
            raise SystemRefused(f"OpenDSR has no request to {verb.value.replace('_', ' ')}: it is done by hand.")
        known = {table.name: table for table in tables}
        identities: list[dict[str, str]] = []
        deleted = Counter[str]()
        for change in changes:
            for row in change.rows:
                named = [
                    one
                    for name, value in row.key.items()
                    for one in self._identities(known[change.table], name, (value,))
                ]
                deleted[change.table] += bool(named)
                identities += named
        if not identities:
            raise SystemRefused("The processor knows nobody by the identifiers that are known.")
        if confirm is not None and task.reference is None:
            confirm()
        status = self._status(task, _ERASURE, identities)
        if isinstance(status, Pending):
            return Done(pending=status)
        return Done(dict(deleted), said=f"{self._settings.domain} signed that the erasure is completed.")

    def close(self) -> None:
        """Nothing is held: each request has a connection of its own."""

    def _status(self, task: Task, what: str, identities: Sequence[Mapping[str, str]]) -> Status | Pending:
        """The end of the request, or that it is not there yet. Raises `SystemRefused` where it was cancelled."""
        ask_after = self._settings.ask_after_minutes * 60.0
        if task.reference is None:
            request_id = _request_id(task)
            self._processor.ask(self._request(request_id, what, identities))
            return Pending(request_id, ask_after)
        status = self._processor.status(task.reference)
        if status.status is RequestStatus.CANCELLED:
            raise SystemRefused("The processor cancelled the request.")
        return status if status.status is RequestStatus.COMPLETED else Pending(task.reference, ask_after)

    def _request(self, request_id: str, what: str, identities: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        request = {
            "regulation": "gdpr",
            "subject_request_id": request_id,
            "subject_request_type": what,
            "submitted_time": clock.isoformat(clock.micros()),
            "subject_identities": list(identities),
            "api_version": self._settings.api_version,
        }
        if self._settings.status_callback_url is not None:
            request["status_callback_urls"] = [self._settings.status_callback_url]
        return request

    def _identity(self, table: Table, name: str) -> Identity | None:
        """By what the processor knows people whose identifier that field holds; None where it does not."""
        return self._by_code.get(table.field(name).identity or "")

    def _identities(self, table: Table, name: str, values: Iterable[Any]) -> list[dict[str, str]]:
        known = self._identity(table, name)
        if known is None:
            return []
        written = {_written(known.identity_format, str(value)): None for value in values}
        return [
            {
                "identity_type": known.identity_type.value,
                "identity_value": value,
                "identity_format": known.identity_format.value,
            }
            for value in written
        ]

    def _unnamed(self, data_set: DataSet) -> Iterator[Finding]:
        for table in data_set.tables.values():
            if not any(one.identity in self._by_code for _, one in table.walk()):
                detail = "None of its fields has an identity that the settings name: it is never asked."
                yield Finding("no_search", Level.FAILED, table.name, detail)


def _rows(keys: Iterable[Key]) -> Iterator[dict[str, Any]]:
    for key in keys:
        for value in dict.fromkeys(key.values):
            yield {key.name: value}


def _request_id(task: Task) -> str:
    """A UUID of version 4, as OpenDSR wants it, the same on each retry."""
    return str(UUID(bytes=hashlib.sha256(b"opendsr" + task.id.bytes).digest()[:16], version=4))


def _written(how: IdentityFormat, value: str) -> str:
    # The processor's own choice of format; SHA-1 and MD5 protect nothing and are not relied on for it.
    return value if how is IdentityFormat.RAW else hashlib.new(how.value, value.encode()).hexdigest()


def _missing_types(discovery: Mapping[str, Any]) -> Iterator[Finding]:
    known = discovery.get("supported_subject_request_types")
    for what in ("access", _ERASURE):
        if not isinstance(known, list) or what not in known:
            yield Finding("permission", Level.FAILED, "", f"The processor takes no requests for {what}.")


def _missing_identities(discovery: Mapping[str, Any], wanted: Iterable[Identity]) -> Iterator[Finding]:
    listed = discovery.get("supported_identities")
    pairs = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    known = {(one.get("identity_type"), one.get("identity_format")) for one in pairs}
    for one in wanted:
        if (one.identity_type.value, one.identity_format.value) not in known:
            detail = f"The processor knows nobody by {one.identity_type.value} ({one.identity_format.value})."
            yield Finding("field_missing", Level.FAILED, one.identity, detail)
