"""Systems: where they are, how they are reached, what an erasure does with their rows."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import URL

from privacy.programme.connector_settings import AuthKind, http_settings, manual_settings, opendsr_settings
from privacy.programme.types import ConnectorKind, DataSet, Programme, System, Table
from privacy.systems.addresses import Network
from privacy.systems.audited import TESTED, audited_rows, record_test
from privacy.systems.connections import (
    ConnectionFacts,
    connections,
    disconnect,
    put_connection,
    secret_of,
    system_of,
)
from privacy.systems.connector import (
    Connector,
    Finding,
    Level,
    Page,
    SystemFailure,
    SystemNotConnected,
    SystemRefused,
    SystemUnreachable,
)
from privacy.systems.failures import ConnectionInvalid, NotConnected
from privacy.systems.fates import RowFate, TableFates, fates
from privacy.systems.graph import Identifier
from privacy.systems.http_connector import HttpConnector
from privacy.systems.http_wire import Wire
from privacy.systems.linting import Difference, Gap, differences
from privacy.systems.manual_connector import Answers, ManualAnswer, ManualConnector
from privacy.systems.opendsr_connector import OpenDsrConnector
from privacy.systems.owning import Find, owners_of, referring
from privacy.systems.referring import Parents, Where, children_first, is_referred_to
from privacy.systems.scanning import draft
from privacy.systems.sql import SqlConnector
from privacy.systems.sql_address import address_of

__all__ = [
    "TESTED",
    "ConnectionFacts",
    "ConnectionInvalid",
    "Difference",
    "Find",
    "Finding",
    "Gap",
    "Identifier",
    "Level",
    "ManualAnswer",
    "Network",
    "Parents",
    "RowFate",
    "SystemFailure",
    "SystemRefused",
    "SystemUnreachable",
    "TableFates",
    "Where",
    "Wire",
    "audited_rows",
    "by_hand",
    "children_first",
    "connect",
    "connect_to",
    "connections",
    "data_sets_of",
    "differences",
    "disconnect",
    "draft",
    "every_row",
    "fates",
    "is_referred_to",
    "owners_of",
    "put_connection",
    "record_test",
    "referring",
    "secret_parts",
    "system_of",
    "tested",
]

#: What the connection of an API holds, by how the API knows the service.
_PARTS_OF_AUTH: Mapping[AuthKind, tuple[str, ...]] = {
    AuthKind.NONE: (),
    AuthKind.BEARER: ("token",),
    AuthKind.HEADER: ("token",),
    AuthKind.BASIC: ("username", "password"),
    AuthKind.OAUTH: ("client_id", "client_secret"),
}


def connect(system: System, programme: Programme) -> Connector:  # noqa: ARG001  # as those who ask systems call it
    """A connector to that system; closed by the caller. Not inside a unit of work.

    The system itself is first spoken to at the first use. Raises `SystemNotConnected` where no connection is stored.
    """
    if system.connector is ConnectorKind.SQL:
        return SqlConnector(system.code, _address(system))
    if system.connector is ConnectorKind.HTTP:
        settings = http_settings(system.settings)
        return HttpConnector(settings, {} if settings.auth.kind is AuthKind.NONE else _secret(system))
    if system.connector is ConnectorKind.OPENDSR:
        return OpenDsrConnector(opendsr_settings(system.settings), _secret_if_any(system))
    raise SystemRefused(f"System {system.code} is not asked like this.")


def tested(system: System, programme: Programme) -> Sequence[Finding]:
    """What works of a system that is asked by machine, and what does not. Not inside a unit of work; changes nothing.

    A system that cannot be asked at all is a finding too.
    """
    try:
        with contextlib.closing(connect(system, programme)) as connector:
            return connector.test(data_sets_of(system, programme))
    except SystemFailure as failure:
        return [Finding(failure.code, Level.FAILED, "", failure.detail)]


def secret_parts(system: System) -> tuple[str, ...]:
    """The names of what the connection of an API or a processor may hold; none where nothing is stored.

    Of a database it is its address, or the parts of one (`sql_address`).
    """
    if system.connector is ConnectorKind.HTTP:
        return _PARTS_OF_AUTH[http_settings(system.settings).auth.kind]
    return ("token", "private_key") if system.connector is ConnectorKind.OPENDSR else ()


def by_hand(system: System, answers: Answers) -> Connector:
    """A system that a person looks after. `answers`: what was filed about a task."""
    return ManualConnector(manual_settings(system.settings), answers)


def connect_to(secret: Mapping[str, Any], code: str) -> Connector:
    """A connector to a database that is no system of the programme yet; closed by the caller.

    Raises `ConnectionInvalid`, which repeats nothing of the secret.
    """
    return SqlConnector(code, address_of(secret))


def every_row(connector: Connector, table: Table, *, after: Mapping[str, Any] | None = None, limit: int) -> Page:
    """At most so many rows of a table after that key, in the order of the keys.

    Raises `SystemRefused` where the system lists no rows that nobody is named for.
    """
    if not isinstance(connector, SqlConnector):
        raise SystemRefused("Only databases list all rows of a table: name the people by a list.")
    return connector.every(table, after=after, limit=limit)


def data_sets_of(system: System, programme: Programme) -> Sequence[DataSet]:
    """The data sets of a system that the programme describes, in its order."""
    return [programme.data_sets[code] for code in system.data_sets if code in programme.data_sets]


def _address(system: System) -> URL:
    try:
        return address_of(_secret(system))
    except ConnectionInvalid as invalid:  # It was stored when the system was of another kind.
        raise SystemRefused(invalid.detail) from None


def _secret(system: System) -> Mapping[str, Any]:
    try:
        return secret_of(system)
    except NotConnected as missing:
        raise SystemNotConnected(missing.detail) from None


def _secret_if_any(system: System) -> Mapping[str, Any]:
    # A processor need want neither a token nor a signature.
    try:
        return secret_of(system)
    except NotConnected:
        return {}
