"""Events of the log over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Response, current_app, request, stream_with_context

from privacy.audit.entries import Directory, Reader
from privacy.audit.event_schemas import EventsAsked, EventsOut
from privacy.audit.reading import EventFilter
from privacy.authz.permissions import Permission
from privacy.claims import read_claim
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import LINES, Blueprint
from privacy.http.failures import NotAcceptable

#: Where the application keeps what rooms above know of the ids in events.
DIRECTORY = "privacy_audit_directory"
events = Blueprint("audit_events", __name__, url_prefix="/api/v1/audit", description="The log.")
_JSON = "application/json"
_UTC = ZoneInfo("UTC")
#: Bytes that are sent at once.
_PORTION = 32_768


@events.get("/events")
@require(Permission.AUDIT_READ)
@events.arguments(EventsAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@events.answers(200, EventsOut)
@events.gives_file(LINES[0], "Every event that is meant, one a line; `limit` is for pages.")
@events.problems(404, 406)
def listed(asked: dict[str, Any]) -> Response:
    """Events of the log in its order, by person, actor, action, time and object: a page, or by Accept all as lines."""
    media_type = request.accept_mimetypes.best_match([_JSON, LINES[0]]) if request.accept_mimetypes else _JSON
    if media_type is None:
        raise NotAcceptable(f"There is: {_JSON}, {LINES[0]}.")
    reader = Reader(directory(), current_actor())
    wanted, after = _filter(asked, reader), asked.get("after", -1)
    if media_type == LINES[0]:
        return Response(stream_with_context(_lines(reader.every(wanted, after=after))), mimetype=LINES[0])
    page = reader.page(wanted, after=after, limit=asked["limit"])
    return Response(msgspec.json.encode({"events": page.entries, "next": page.next}), mimetype=_JSON)


def directory() -> Directory:
    """What the application handed in."""
    found: Directory = current_app.extensions[DIRECTORY]
    return found


def _filter(asked: Mapping[str, Any], reader: Reader) -> EventFilter:
    kind, object_id = asked.get("object_type"), asked.get("object_id")
    if object_id is not None and kind is None:
        raise InvalidInput.of("object_type", "Name the type of the object too.")
    return EventFilter(
        subjects=reader.subjects(str(asked["subject_ref"])) if "subject_ref" in asked else None,
        actor_id=asked.get("actor"),
        action=asked.get("action"),
        since=_moment(asked, "from"),
        until=_moment(asked, "to"),
        object_type=kind,
        object_ids=reader.objects(kind, object_id) if kind is not None and object_id is not None else None,
    )


def _moment(asked: Mapping[str, Any], name: str) -> int | None:
    return read_claim(asked[name], _UTC, name).start if name in asked else None


def _lines(entries: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Lines of JSON, gathered to portions that are worth sending."""
    waiting = bytearray()
    for entry in entries:
        waiting += msgspec.json.encode(entry) + b"\n"
        if len(waiting) >= _PORTION:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
