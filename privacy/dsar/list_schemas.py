"""Which requests a list is of, as the HTTP API takes it."""

from __future__ import annotations

from typing import Any

import marshmallow

from privacy.dsar.views import MOST_ON_A_PAGE
from privacy.dsar.vocabulary import CaseType, State

_DEFAULT = 100


class _Digits(marshmallow.fields.Integer):
    """Digits and nothing else: Python reads more as a number than anybody means (`1_0`, ` 7`)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ON_A_PAGE))):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


def _one_of(values: list[str], description: str) -> marshmallow.fields.String:
    return marshmallow.fields.String(validate=marshmallow.validate.OneOf(values), metadata={"description": description})


RequestsAsked = marshmallow.Schema.from_dict(
    {
        "state": _one_of([state.value for state in State], "Requests in this state."),
        "type": _one_of([case_type.value for case_type in CaseType], "Requests of this type."),
        "open": _one_of(["true"], "Only those that have not ended."),
        "due_before": marshmallow.fields.Date(metadata={"description": "Due before this day, like 2026-12-23."}),
        "after": marshmallow.fields.String(
            validate=marshmallow.validate.Length(1, 60),
            metadata={"description": "What the page before gave as `next`."},
        ),
        "limit": _Digits(
            load_default=_DEFAULT,
            validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE),
            metadata={"description": "At most so many."},
        ),
    },
    name="RequestsAsked",
)
