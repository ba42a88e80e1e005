"""What the `settings` of a system mean: an API described in data, a processor that speaks OpenDSR, a person's task.

Nothing here holds a secret: keys and passwords stand in the system's sealed connection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Settings = Mapping[str, Any]

#: In a body: every changed field with its new value, as one object.
ALL_CHANGED = "{*}"


class AuthKind(StrEnum):
    """How an API knows the service; the connection holds what it needs."""

    NONE = "none"
    BEARER = "bearer"  # connection: token
    BASIC = "basic"  # connection: username, password
    HEADER = "header"  # connection: token, sent in the named header
    OAUTH = "oauth"  # RFC 6749, 4.4; connection: client_id, client_secret


class PagingKind(StrEnum):
    """How an API hands out a long answer."""

    CURSOR = "cursor"  # the answer holds the cursor of the next page
    PAGE = "page"  # pages have numbers
    OFFSET = "offset"  # so many rows are passed over
    LINK = "link"  # RFC 8288: `Link: <...>; rel="next"`


class ParameterPlace(StrEnum):
    """Where the cursor, the page's number or the offset stands in a request."""

    QUERY = "query"
    BODY = "body"


class ReadMethod(StrEnum):
    """Methods that change nothing; a search by POST keeps what is looked for out of URLs and their logs."""

    GET = "GET"
    POST = "POST"


class WriteMethod(StrEnum):
    """Methods that change."""

    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


class IdentityType(StrEnum):
    """The identities of OpenDSR 2.0."""

    CONTROLLER_CUSTOMER_ID = "controller_customer_id"
    ANDROID_ADVERTISING_ID = "android_advertising_id"
    ANDROID_ID = "android_id"
    EMAIL = "email"
    FIRE_ADVERTISING_ID = "fire_advertising_id"
    IOS_ADVERTISING_ID = "ios_advertising_id"
    IOS_VENDOR_ID = "ios_vendor_id"
    MICROSOFT_ADVERTISING_ID = "microsoft_advertising_id"
    MICROSOFT_PUBLISHER_ID = "microsoft_publisher_id"
    ROKU_PUBLISHER_ID = "roku_publisher_id"
    ROKU_ADVERTISING_ID = "roku_advertising_id"


class IdentityFormat(StrEnum):
    """How an identity is written in OpenDSR."""

    RAW = "raw"
    SHA1 = "sha1"
    MD5 = "md5"
    SHA256 = "sha256"


@dataclass(frozen=True)
class Auth:
    """How an API knows the service."""

    kind: AuthKind
    header: str | None
    token_url: str | None
    scope: str | None


@dataclass(frozen=True)
class Paging:
    """How the next page is asked for."""

    kind: PagingKind
    parameter: str | None
    place: ParameterPlace
    #: Where the next cursor stands in the answer, with dots.
    next: str | None
    #: The number of the first page.
    first: int


@dataclass(frozen=True)
class Endpoint:
    """One request: `{field}` stands for a value, as a whole segment, a whole parameter or a whole text."""

    method: str
    path: str
    query: Mapping[str, str]
    #: A template of JSON; None sends no body.
    body: Any
    #: Statuses that mean that there is no such row.
    absent: frozenset[int]


@dataclass(frozen=True)
class Read:
    """How rows are found by one field."""

    by: str
    endpoint: Endpoint
    #: How many values one request asks for; where more than one, the placeholder stands for a list of them.
    most_values: int
    #: Where the rows stand in the answer, with dots; empty where they are the answer.
    rows: str
    paging: Paging | None


@dataclass(frozen=True)
class TableEndpoints:
    """What an API can do with one kind of object."""

    table: str
    reads: Mapping[str, Read]
    update: Endpoint | None
    delete: Endpoint | None
    #: For a restriction and its end, where that is another request than an update.
    restrict: Endpoint | None


@dataclass(frozen=True)
class HttpSettings:
    """An API that speaks JSON."""

    base_url: str
    auth: Auth
    #: Networks of one's own that may be reached though they are not public.
    allow_private: tuple[Network, ...]
    timeout_seconds: int
    requests_per_minute: int | None
    #: The longest answer, in kilobytes.
    most_kilobytes: int
    #: The most pages of one answer.
    most_pages: int
    tables: Mapping[str, TableEndpoints]


@dataclass(frozen=True)
class Identity:
    """Which of our identities a processor knows a person by."""

    #: A contact kind or identifier type of the programme.
    identity: str
    identity_type: IdentityType
    identity_format: IdentityFormat


@dataclass(frozen=True)
class OpenDsrSettings:
    """A processor that speaks OpenDSR."""

    base_url: str
    #: The domain in whose name it signs: the common name of its certificate.
    domain: str
    #: What it calls this controller.
    controller_id: str
    identities: tuple[Identity, ...]
    api_version: str
    #: The domain in whose name this service signs; None where the processor wants no signature.
    our_domain: str | None
    #: Where it tells of a changed status; None where it is only asked.
    status_callback_url: str | None
    allow_private: tuple[Network, ...]
    timeout_seconds: int
    ask_after_minutes: int
    most_kilobytes: int


@dataclass(frozen=True)
class ManualSettings:
    """Somebody looks by hand."""

    #: The role or office that does it.
    who: str
    within_days: int
    instructions: Mapping[str, str]


def http_settings(entry: Settings) -> HttpSettings:
    """The description of an API, of settings that were checked."""
    auth = entry["auth"]
    return HttpSettings(
        base_url=entry["base_url"].rstrip("/"),
        auth=Auth(**{**auth, "kind": AuthKind(auth["kind"])}),
        allow_private=_networks(entry),
        timeout_seconds=entry["timeout_seconds"],
        requests_per_minute=entry["requests_per_minute"],
        most_kilobytes=entry["most_kilobytes"],
        most_pages=entry["most_pages"],
        tables={table["table"]: _table(table) for table in entry["tables"]},
    )


def opendsr_settings(entry: Settings) -> OpenDsrSettings:
    """How a processor is asked, of settings that were checked."""
    identities = tuple(
        Identity(one["identity"], IdentityType(one["identity_type"]), IdentityFormat(one["identity_format"]))
        for one in entry["identities"]
    )
    changed = {
        "base_url": entry["base_url"].rstrip("/"),
        "identities": identities,
        "allow_private": _networks(entry),
    }
    return OpenDsrSettings(**{**entry, **changed})


def manual_settings(entry: Settings) -> ManualSettings:
    """Who looks and until when, of settings that were checked."""
    return ManualSettings(**entry)


def _networks(entry: Settings) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one) for one in entry["allow_private"])


def _table(entry: Settings) -> TableEndpoints:
    return TableEndpoints(
        table=entry["table"],
        reads={one["by"]: _read(one) for one in entry["read"]},
        update=_endpoint(entry["update"]),
        delete=_endpoint(entry["delete"]),
        restrict=_endpoint(entry["restrict"]),
    )


def _read(entry: Settings) -> Read:
    names = ("method", "path", "query", "body", "absent")
    endpoint = _known_endpoint({name: entry[name] for name in names})
    return Read(entry["by"], endpoint, entry["most_values"], entry["rows"] or "", _paging(entry["paging"]))


def _endpoint(entry: Settings | None) -> Endpoint | None:
    return _known_endpoint(entry) if entry else None


def _known_endpoint(entry: Settings) -> Endpoint:
    return Endpoint(**{**entry, "absent": frozenset(entry["absent"])})


def _paging(entry: Settings | None) -> Paging | None:
    if not entry:
        return None
    return Paging(**{**entry, "kind": PagingKind(entry["kind"]), "place": ParameterPlace(entry["place"])})
