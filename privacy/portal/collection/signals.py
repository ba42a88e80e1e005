"""Global Privacy Control: what a browser says for whoever uses it (W3C, section 3; GDPR Art. 21(5)). Pure."""

from __future__ import annotations

from collections.abc import Iterable

HEADER = "Sec-GPC"


def is_on(values: Iterable[str]) -> bool:
    """Whether any of the header's values is exactly `1`; anything else is no preference."""
    return any(one.strip(" \t") == "1" for value in values for one in value.split(","))
