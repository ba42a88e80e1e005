"""The unit of work of an unsafe request, with the stored answer inside it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

from flask import Response, request

from privacy.db import unit_of_work
from privacy.http import idempotency
from privacy.http.auth import known_actor
from privacy.http.idempotency import REPLAYED, StoredAnswer

P = ParamSpec("P")

#: Marks a view whose effect is one unit of work.
WRITES = "privacy_writes"


def writes(view: Callable[P, Response]) -> Callable[P, Response]:
    """Run the view in one unit of work; honour `Idempotency-Key`.

    Stands below what reads the body, so that nothing is locked while it is read, and above what makes the response,
    because the stored answer is the response's bytes. An error rolls everything back and stores nothing. Keys belong
    to clients, so on a public view the header means nothing.
    """

    @functools.wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Response:
        header, actor = request.headers.get("Idempotency-Key"), known_actor()
        if header is None or actor is None:
            with unit_of_work():
                return _response(view(*args, **kwargs))
        key = idempotency.parse_key(header)
        with unit_of_work() as current:
            place = idempotency.claim(
                current,
                actor_id=actor.id,
                scope=f"{request.method} {request.path} {key}",
                content=b"\0".join(((request.content_type or "").encode(), request.query_string, request.get_data())),
            )
            if isinstance(place, StoredAnswer):
                return _replayed(place)
            response = _response(view(*args, **kwargs))
            answer = StoredAnswer(response.status_code, list(response.headers.items()), response.get_data())
            idempotency.store(current, place, answer)
            return response

    setattr(wrapper, WRITES, True)
    return wrapper


def _response(result: object) -> Response:
    if not isinstance(result, Response):
        raise TypeError("a writing view's response is made below @writes")
    return result


def _replayed(answer: StoredAnswer) -> Response:
    response = Response(answer.body, status=answer.status)
    for name, value in answer.headers:
        response.headers[name] = value
    response.headers[REPLAYED] = "true"
    return response
