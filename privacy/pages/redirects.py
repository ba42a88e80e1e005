"""Where a page sends the browser next: to a page of ours, whatever a request says (OWASP ASVS 5.0, 3.7.2)."""

from __future__ import annotations

import re

#: A path of plain signs: no scheme, no host, no backslash, nothing that a browser would read as one of them.
_PATH = re.compile(r"(?:/[A-Za-z0-9_.~-]+)+/?")
_LONGEST = 300


def safe_path(wished: str | None, *, below: str) -> str | None:
    """The wished path where it is one of ours below `below`; else None. It never holds a query."""
    if not wished or len(wished) > _LONGEST or not _PATH.fullmatch(wished) or ".." in wished:
        return None
    return wished if wished == below or wished.startswith(below.rstrip("/") + "/") else None
