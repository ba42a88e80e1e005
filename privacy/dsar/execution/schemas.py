"""What the HTTP API takes and gives for tasks that wait for a person."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from privacy.dsar.execution.tasks import Form
from privacy.dsar.schemas import Reason, TaskOut, Words
from privacy.errors import InvalidInput

Rows = Annotated[dict[str, bool], Meta(min_length=1, max_length=10_000)]
Counts = Annotated[dict[str, Annotated[int, Meta(ge=0, le=1_000_000)]], Meta(max_length=100)]
Wanted = Annotated[str, Meta(min_length=1, max_length=4_000, description="Why; sealed.")]


class FormFileIn(Struct, forbid_unknown_fields=True):
    """A file that somebody found: a scan, an export."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    #: Base64.
    content: str


class FormIn(Struct, forbid_unknown_fields=True):
    """What somebody found or did in a system that only a person can look into."""

    #: What was looked at or done, and how that is known: the proof that there is.
    statement: Words
    #: Whether it could be done at all; where not, the statement says why.
    could: bool = True
    rows: Annotated[list[dict[str, Any]], Meta(max_length=10_000)] = []
    files: Annotated[list[FormFileIn], Meta(max_length=50)] = []
    #: Sheets, folders or rows deleted and changed, by what they are.
    deleted: Counts = {}
    changed: Counts = {}

    def filed(self, by: UUID, at: int) -> Form:
        """As it is kept. Raises `InvalidInput` for a file that is not base64."""
        files = tuple((one.name, _content(place, one.content)) for place, one in enumerate(self.files))
        return Form(by, at, self.statement, self.could, tuple(self.rows), files, self.deleted, self.changed)


class RowsDecidedIn(Struct, forbid_unknown_fields=True):
    """Whose the doubtful rows are: true where they are the person's."""

    rows: Rows
    reason: Wanted


class LimitIn(Struct, forbid_unknown_fields=True):
    """How many rows one person may have here. Two people say the same number."""

    limit: Annotated[int, Meta(ge=1, le=10_000_000)]
    reason: Wanted


class AgainIn(Struct, forbid_unknown_fields=True):
    """It is to be tried again."""

    reason: Reason | None = None


class ExceptIn(Struct, forbid_unknown_fields=True):
    """It is not done; the person reads the reason in the answer."""

    reason: Wanted


class TellIn(Struct, forbid_unknown_fields=True):
    """A recipient is told by a letter (Art. 19)."""

    #: Its e-mail address.
    to: Annotated[str, Meta(min_length=3, max_length=320)]
    #: What is to be done there.
    what: Annotated[str, Meta(min_length=1, max_length=4_000)]
    #: By what it knows the person.
    whom: Annotated[str, Meta(min_length=1, max_length=512)]


class RecipientAnswerIn(Struct, forbid_unknown_fields=True):
    """What a recipient answered, or how it was told in another way."""

    answer: Annotated[str, Meta(min_length=1, max_length=4_000)]


class DoubtfulRowOut(Struct):
    """A row that may be somebody else's: personal data."""

    id: str
    row: dict[str, Any]


class TaskOpenedOut(Struct):
    """A task with what is needed to decide about it: personal data."""

    task: TaskOut
    #: By which values it looks, by field or kind of identifier.
    asked: dict[str, list[str | int]]
    doubtful: list[DoubtfulRowOut]
    proposed_limit: int | None
    #: Of a system that only a person can look into: who does it, and how.
    who: str | None
    instructions: str | None


def _content(place: int, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput.of(f"files[{place}].content", "Give the content as base64.") from None
