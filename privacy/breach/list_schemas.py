"""Which breaches a list is of, as the HTTP API takes it."""

from __future__ import annotations

import re

import marshmallow

from privacy.breach.views import MOST_ON_A_PAGE
from privacy.breach.vocabulary import State

_DEFAULT = 100
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


def _limit(text: str) -> None:
    if not (_NUMBER.fullmatch(text) and int(text) <= MOST_ON_A_PAGE):
        raise marshmallow.ValidationError(f"1 to {MOST_ON_A_PAGE}.")


BreachesAsked = marshmallow.Schema.from_dict(
    {
        "state": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf([state.value for state in State]),
            metadata={"description": "Breaches in this state."},
        ),
        "open": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf(["true"]),
            metadata={"description": "Only those that have not ended."},
        ),
        "rehearsals": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf(["true"]),
            metadata={"description": "Rehearsals in place of breaches."},
        ),
        "after": marshmallow.fields.UUID(metadata={"description": "What the page before gave as `next`."}),
        "limit": marshmallow.fields.String(
            load_default=str(_DEFAULT), validate=_limit, metadata={"description": "At most so many."}
        ),
    },
    name="BreachesAsked",
)
