"""Forms of a page as a browser would send them: with what stands in their fields, and what somebody changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from werkzeug.test import TestResponse

from tests.console.office import Browser


@dataclass
class Form:
    """One form of a page."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._address = address
        self._form: Form | None = None
        self._words: str | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            # One that is sent by GET changes nothing.
            self._form = Form(urljoin(self._address, given.get("action", "")))
            self.found += [self._form] if given.get("method") == "post" else []
        elif self._form is None:
            return
        elif tag == "input" and "name" in given:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self._put(given["name"], given.get("value", ""))
        elif tag == "textarea":
            self._words = given["name"]
            self._form.fields.setdefault(self._words, [""])
        elif tag == "select":
            self._select = (given["name"], [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((given.get("value", ""), "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._words = None
        elif tag == "select" and self._select is not None:
            name, options = self._select
            self._put(name, next((value for value, chosen in options if chosen), options[0][0]))
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._words is not None and self._form is not None:
            self._form.fields[self._words] = [self._form.fields[self._words][0] + data]

    def _put(self, name: str, value: str) -> None:
        if self._form is not None:
            self._form.fields.setdefault(name, []).append(value)


def forms_of(page: TestResponse) -> list[Form]:
    """Every form of a page that changes something."""
    parser = _Forms(page.request.path)
    parser.feed(page.text)
    return parser.found


def submit(browser: Browser, page: TestResponse, ending: str, **changes: Any) -> TestResponse:
    """Send the form of a page whose action ends so, with some fields changed."""
    form = next(one for one in forms_of(page) if one.action.endswith(ending))
    return browser.web.post(form.action, data=form.fields | changes, headers={"Accept-Language": "en"})
