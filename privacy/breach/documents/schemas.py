"""Which document of a breach is asked for, as the HTTP API takes it."""

from __future__ import annotations

import re

import marshmallow

from privacy.breach.documents.words import LOCALES
from privacy.breach.options import Phase

_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)

_LOCALE = marshmallow.fields.String(
    validate=marshmallow.validate.OneOf(LOCALES), metadata={"description": "Language; else the programme's first."}
)

NotificationAsked = marshmallow.Schema.from_dict(
    {
        "phase": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf([phase.value for phase in Phase]),
            metadata={"description": "Which notification; else the one that comes next."},
        ),
        "sent": marshmallow.fields.String(
            validate=marshmallow.validate.Regexp(_NUMBER, error="The number of a notification that was recorded."),
            metadata={"description": "In its place one as it was made when it was recorded as sent, by its number."},
        ),
        "locale": _LOCALE,
    },
    name="NotificationAsked",
)

RegisterAsked = marshmallow.Schema.from_dict(
    {
        "since": marshmallow.fields.Date(metadata={"description": "First day of detection."}),
        "until": marshmallow.fields.Date(metadata={"description": "Last day of detection."}),
        "rehearsals": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf(["true"]),
            metadata={"description": "Rehearsals too, each marked as one."},
        ),
        "locale": _LOCALE,
    },
    name="RegisterAsked",
)
