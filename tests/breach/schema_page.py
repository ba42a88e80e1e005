"""The published schema of the machine-readable notification, made of the types that write it.

`python -m tests.breach.schema_page` writes the file anew.
"""

from __future__ import annotations

import json

import msgspec

from privacy.breach.documents.notification import NotificationFormOut
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "breach-notification.schema.json"


def render() -> str:
    """JSON Schema 2020-12."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Notification of a personal data breach to the supervisory authority (GDPR Art. 33)",
    }
    return json.dumps({**head, **msgspec.json.schema(NotificationFormOut)}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render())
