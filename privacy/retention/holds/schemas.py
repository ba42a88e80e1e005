"""What the HTTP API takes and gives of legal holds."""

from __future__ import annotations

import datetime

import marshmallow
from msgspec import Struct

from privacy.retention.holds.holding import MOST_ON_A_PAGE


class HoldIn(Struct, forbid_unknown_fields=True):
    """A hold that is to be placed, with a case or a statute or both."""

    review_on: datetime.date
    reason: str
    reference: str = ""
    statute: str = ""
    #: The name of the colleague who answers for it; whoever places it where nobody is named.
    owner: str | None = None
    #: Each named by any of their identifiers; also those who are not known here.
    people: list[dict[str, str]] = []
    systems: list[str] = []
    categories: list[str] = []


class HoldOut(Struct):
    """A hold. Whom it holds is told by counts alone."""

    id: str
    number: str
    reference: str
    statute: str
    systems: list[str]
    #: Categories of data.
    categories: list[str]
    #: Subjects that it holds, and names by which they are recognised in other systems.
    people: int
    names: int
    owner: str
    review_on: datetime.date
    placed_at: str
    placed_by: str
    released_at: str | None
    released_by: str | None
    #: For whoever may place and release holds; null also where a restore lost its key.
    reason: str | None


class HoldsOut(Struct):
    """Holds in the order in which they were placed."""

    holds: list[HoldOut]
    #: What to ask for as `after` next; null where there is nothing more.
    next: str | None


class HoldReviewIn(Struct, forbid_unknown_fields=True):
    """That a hold is needed yet: until when, and why."""

    review_on: datetime.date
    reason: str


class HoldReleaseIn(Struct, forbid_unknown_fields=True):
    """A hold is released by two people: the first gives a reason, the second the approval's id."""

    reason: str | None = None
    approval: str | None = None


class HoldReleaseOut(Struct):
    """The approval that another person must give, or the released hold."""

    approval: str
    released: bool
    hold: HoldOut


def _only_true(description: str) -> marshmallow.fields.String:
    return marshmallow.fields.String(
        validate=marshmallow.validate.OneOf(["true"]), metadata={"description": description}
    )


HoldsAsked = marshmallow.Schema.from_dict(
    {
        "released": _only_true("Also those that were released."),
        "due": _only_true("Only those in force that are to be looked at again by today, the oldest day first."),
        "after": marshmallow.fields.UUID(metadata={"description": "What the page before gave as `next`."}),
        "limit": marshmallow.fields.Integer(
            load_default=100,
            strict=False,
            validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE),
            metadata={"description": "At most so many."},
        ),
    },
    name="HoldsAsked",
)
