"""All pages of one search, in order. An API that pages wrongly is refused: rows that it hid would be a false "all"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from privacy.programme.connector_settings import HttpSettings, PagingKind, ParameterPlace, Read
from privacy.systems import http_templates
from privacy.systems.connector import SystemRefused
from privacy.systems.http_session import HttpSession
from privacy.systems.http_wire import Answer, ensure_success

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT = re.compile(r';\s*rel="?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:[;,]|$)', re.IGNORECASE)


def pages(session: HttpSession, settings: HttpSettings, read: Read, value: Any) -> Iterator[list[Any]]:
    """The rows of each page of a search for a value, or a list of them; raises `SystemRefused` for too many pages."""
    walk = _Walk(settings, read, {read.by: value})
    for _ in range(settings.most_pages):
        answer = session.send(read.endpoint.method, walk.target(), walk.body())
        if answer.status in read.endpoint.absent:
            return
        content = ensure_success(answer).json()
        rows = _rows(content, read)
        yield rows
        if not walk.advance(answer, content, rows):
            return
    raise SystemRefused("The system's answer has more pages than its settings allow.")


class _Walk:
    """Where a search stands."""

    def __init__(self, settings: HttpSettings, read: Read, values: Mapping[str, Any]) -> None:
        self._read, self._values, self._paging = read, values, read.paging
        self._base = settings.base_url
        self._parameter: str | int | None = None
        self._link: str | None = None
        self._before: Any = None
        self._seen: set[str] = set()
        if self._paging and self._paging.kind is PagingKind.PAGE:
            self._parameter = self._paging.first
        elif self._paging and self._paging.kind is PagingKind.OFFSET:
            self._parameter = 0

    def target(self) -> str:
        """Path and query of the next request."""
        if self._link is not None:
            return self._link
        in_query = self._paging is not None and self._paging.place is ParameterPlace.QUERY
        return http_templates.target(self._read.endpoint, self._values, self._more(str) if in_query else None)

    def body(self) -> Any:
        """Body of the next request."""
        found = http_templates.body(self._read.endpoint, self._values)
        if self._paging is None or self._paging.place is ParameterPlace.QUERY or self._parameter is None:
            return found
        return {**(found if isinstance(found, dict) else {}), **self._more(lambda value: value)}

    def _more(self, written: Any) -> dict[str, Any]:
        if self._paging is None or self._parameter is None or self._paging.parameter is None:
            return {}
        return {self._paging.parameter: written(self._parameter)}

    def advance(self, answer: Answer, content: Any, rows: list[Any]) -> bool:
        """Go to the next page; False where there is none."""
        if self._paging is None:
            return False
        match self._paging.kind:
            case PagingKind.CURSOR:
                return self._advance_cursor(http_templates.at(content, self._paging.next or ""))
            case PagingKind.LINK:
                return self._advance_link(answer.headers.get("link", ""))
            case PagingKind.PAGE | PagingKind.OFFSET:
                return self._advance_number(rows)

    def _advance_cursor(self, cursor: Any) -> bool:
        if cursor is None or cursor in ("", False):
            return False
        if isinstance(cursor, bool) or not isinstance(cursor, str | int):
            raise SystemRefused("The system's cursor is neither text nor a number.")
        self._ensure_new(str(cursor))
        self._parameter = cursor
        return True

    def _advance_link(self, header: str) -> bool:
        found = next((url for url, about in _LINK.findall(header) if _NEXT.search(about)), None)
        if found is None:
            return False
        url = urljoin(self._base + self.target(), found)
        here, there = urlsplit(self._base), urlsplit(url)
        rest = there.path.removeprefix(here.path)
        inside = there.path.startswith(here.path + "/") and "/.." not in rest and there.path.isascii()
        if (there.scheme, there.netloc) != (here.scheme, here.netloc) or not inside:
            raise SystemRefused("The system's next page is at another address.")
        self._link = rest + (f"?{there.query}" if there.query else "")
        self._ensure_new(self._link)
        return True

    def _advance_number(self, rows: list[Any]) -> bool:
        """Until a page is empty: a short page may only mean that the system hands out fewer than it was asked for."""
        if not rows:
            return False
        if rows == self._before:
            raise SystemRefused("The system gives the same page again: it does not page as its settings say.")
        self._before = rows
        offset = self._paging is not None and self._paging.kind is PagingKind.OFFSET
        self._parameter = int(self._parameter or 0) + (len(rows) if offset else 1)
        return True

    def _ensure_new(self, place: str) -> None:
        if place in self._seen:
            raise SystemRefused("The system's pages lead back to where they were.")
        self._seen.add(place)


def _rows(content: Any, read: Read) -> list[Any]:
    found = http_templates.at(content, read.rows)
    rows = [found] if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        where = f"at `{read.rows}`" if read.rows else "in its answer"
        raise SystemRefused(f"The system has no rows {where}.")
    return rows
