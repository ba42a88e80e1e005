"""The address of a failed request as its problem document repeats it: our own words of it, and ids.

Whatever else stands in an address (a one-time token, an e-mail address that somebody put there) is not sent back: an
answer is stored, forwarded and pasted into tickets.
"""

from __future__ import annotations

import re

from flask import Flask

_WORDS = "privacy_address_words"
_HIDDEN = "-"
#: A UUID, or a short number: that of a leaf or of a page.
_OURS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,8}")


def instance_of(app: Flask, path: str) -> str:
    """The path with everything hidden that is neither a word of a route nor an id."""
    words = _words(app)
    return "/".join(part if part in words or _OURS.fullmatch(part) else _HIDDEN for part in path.split("/"))


def _words(app: Flask) -> frozenset[str]:
    """Every fixed part of a route; asked anew while routes are still being added."""
    known: tuple[int, frozenset[str]] = app.extensions.get(_WORDS, (0, frozenset()))
    rules = list(app.url_map.iter_rules())
    if known[0] != len(rules):
        parts = (part for rule in rules for part in rule.rule.split("/"))
        known = app.extensions[_WORDS] = (len(rules), frozenset(part for part in parts if "<" not in part))
    return known[1]
