"""What the pages of one breach share: the breach itself, the mark of a drill, and conflicts told beside the form."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response

from privacy import clock
from privacy.access import service as access
from privacy.breach import service as breach
from privacy.breach.service import PersonalDataBreach
from privacy.console.breaches.words import spoken
from privacy.errors import Conflict, InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.look import look
from privacy.pages.rendering import render
from privacy.programme import service as programmes


def found(breach_id: UUID) -> PersonalDataBreach:
    """The breach, where it is of the reader's realm; one that is not there and a foreign one answer alike."""
    return breach.visible(breach_id, actor=current_actor())


def shown(template: str, row: PersonalDataBreach, **values: Any) -> Response:
    """A page of one breach, marked where it is a drill."""
    return render(f"breaches/{template}.html", breach=row, spoken=spoken(), **values)


@contextmanager
def told_beside_the_form() -> Iterator[None]:
    """A step that is not possible is told on the page of the form, which keeps what was filled in."""
    try:
        yield
    except Conflict as error:
        text = error.detail if "wanted" in error.extensions else type(error).title()
        raise InvalidInput(errors={"body": [text]}) from error


def moment(text: str | None, field: str) -> int | None:
    """A time as a form gives it, by the programme's clock; raises `InvalidInput` naming the field."""
    return None if text is None else breach.read_moment(text, programmes.current().zone, field)


def as_filled(at: int | None) -> str:
    """A moment as a form shows it."""
    return "" if at is None else f"{clock.from_micros(at).astimezone(look().zone()):%Y-%m-%dT%H:%M}"


def named(ids: Collection[UUID]) -> dict[UUID, str]:
    """Who they are that did something here."""
    return {one: who.name for one, who in access.principals(set(ids)).items()}


def suggested(row: PersonalDataBreach, text: str) -> str:
    """In a drill, what its story says here; in a breach, nothing: nobody writes its words but people."""
    return text if row.rehearsal else ""
