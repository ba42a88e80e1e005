"""Which page of letters, and which notice, as the HTTP API takes it."""

from __future__ import annotations

import marshmallow

LettersAsked = marshmallow.Schema.from_dict(
    {"after": marshmallow.fields.UUID(metadata={"description": "What the page before gave as `next`."})},
    name="BreachLettersAsked",
)
NoticeAsked = marshmallow.Schema.from_dict(
    {
        "locale": marshmallow.fields.String(
            load_default="pl",
            validate=marshmallow.validate.Length(min=2, max=16),
            metadata={"description": "BCP 47: the language of the notice."},
        )
    },
    name="BreachNoticeAsked",
)
