"""Blueprints of pages: each view says who may see it, and a form is one unit of work that no other site can send.

A view without a guard cannot be registered. How somebody proves to be signed in is the room's `gate`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, redirect, request, url_for

from privacy.authz.permissions import Permission
from privacy.db import unit_of_work
from privacy.errors import InvalidInput, NotAuthenticated, NotPermitted, PrivacyError
from privacy.http import auth
from privacy.http.handlers import ERROR_PAGES
from privacy.pages import cookies, forgery
from privacy.pages.forms import FormErrors
from privacy.pages.rendering import render, said

View = Callable[..., Any]
#: Where a page that wants a sign-in says which page that was.
NEXT = "next"
_GUARD = "privacy_page_guard"
_LARGEST = "privacy_form_largest"
#: What a form needs beside the file in it.
_BESIDE_A_FILE = 100_000


@dataclass(frozen=True)
class Guard:
    """Who may see a page."""

    signed_in: bool
    #: Permissions that a member of staff needs, all of them.
    permissions: frozenset[Permission] = frozenset()
    #: Whether whoever it is must have proven themselves a few minutes ago.
    fresh: bool = False


OPEN = Guard(signed_in=False)
SIGNED_IN = Guard(signed_in=True)
FRESH = Guard(signed_in=True, fresh=True)


def needs(*permissions: Permission, fresh: bool = False) -> Guard:
    """A member of staff with all these permissions."""
    return Guard(signed_in=True, permissions=frozenset(permissions), fresh=fresh)


class StepUpNeeded(NotPermitted):
    """Prove once more that it is you: what you are about to do matters."""

    code = "step-up-needed"


class PageBlueprint(Blueprint):
    """The pages of one room."""

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        url_prefix: str,
        gate: Callable[[Guard], None],
        entry: str,
        step_up: str | None = None,
    ) -> None:
        """`gate` raises `NotAuthenticated`, `StepUpNeeded` or `NotPermitted`.

        `entry` and `step_up`: the endpoints where somebody signs in, and proves themselves once more.
        """
        super().__init__(name, import_name, url_prefix=url_prefix, template_folder="templates")
        self._gate, self._entry, self._step_up = gate, entry, step_up or entry
        self.says: dict[str, Any] = {}
        self.before_request(self._guard)
        self.after_request(cookies.send)
        self.context_processor(self._told)

    def page(self, rule: str, *, guard: Guard, **options: Any) -> Callable[[View], View]:
        """Register a page that is looked at, and changes nothing."""

        def decorate(view: View) -> View:
            self._add(rule, view, view, guard, ["GET"], options)
            return view

        return decorate

    def form(
        self,
        rule: str,
        *,
        guard: Guard,
        again: View | None = None,
        whole: bool = True,
        largest_file: int | None = None,
        **options: Any,
    ) -> Callable[[View], View]:
        """Register what a form is sent to: one unit of work, which answers with where to go next.

        Where what was filled in cannot be taken, `again` makes the page anew, given the view's arguments and `errors`.
        Without `whole` the view begins its unit of work itself, after what takes long and changes nothing.
        `largest_file`: the bytes of a file that it takes, more than the application takes of others.
        """

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def wrapper(**values: Any) -> Response:
                try:
                    with unit_of_work() if whole else nullcontext():
                        answer: Response = view(**values)
                        return answer
                except InvalidInput as error:
                    if again is None:
                        raise
                    return _shown_again(again(**values, errors=FormErrors.of(error)))

            setattr(wrapper, _LARGEST, largest_file)
            self._add(rule, view, wrapper, guard, ["POST"], options)
            return view

        return decorate

    def says_after(self, texts: Mapping[str, Any]) -> None:
        """What pages say after a form, by the code that `done` names; texts are lazy."""
        if known := self.says.keys() & texts.keys():
            raise ValueError(f"said twice: {sorted(known)}")
        self.says |= texts

    def register(self, app: Any, options: dict[str, Any]) -> None:
        """Register on an app; errors below its prefix become pages too."""
        super().register(app, options)
        app.extensions.setdefault(ERROR_PAGES, {})[f"{self.url_prefix}/"] = self._error

    def _add(
        self, rule: str, view: View, wrapper: View, guard: Guard, methods: list[str], options: dict[str, Any]
    ) -> None:
        setattr(wrapper, _GUARD, guard)
        endpoint = options.pop("endpoint", None) or view.__name__
        self.add_url_rule(rule, endpoint, auth.page(wrapper), methods=methods, **options)

    def _guard(self) -> None:
        guard = guard_of(current_app, request.endpoint or "")
        self._gate(guard)
        if request.method == "POST":
            # Only now is the body read: nobody sends a large file who may not.
            largest = getattr(current_app.view_functions[request.endpoint or ""], _LARGEST, None)
            if largest is not None:
                request.max_content_length = largest + _BESIDE_A_FILE
            forgery.ensure_ours()

    def _told(self) -> dict[str, Any]:
        return {"said_text": self.says.get(said() or ""), "csrf_token": forgery.token, "csrf_field": forgery.FIELD}

    def _error(self, error: PrivacyError, status: int, headers: Any) -> Response:
        wanted = self._entry if isinstance(error, NotAuthenticated) else None
        wanted = self._step_up if isinstance(error, StepUpNeeded) else wanted
        if wanted and request.endpoint != wanted:
            path = request.path if request.method == "GET" else None
            return cookies.send(redirect(url_for(wanted, **({NEXT: path} if path else {})), code=303))  # type: ignore[arg-type]  # werkzeug's base class
        values: dict[str, Any] = {}
        for known in current_app.template_context_processors[self.name]:  # Flask asks them on known addresses only.
            values |= cast(dict[str, Any], known())
        response = render(f"{self.name}/error.html", status, error=error, **values)
        response.headers.extend(headers)
        if "retry_after" in error.extensions:
            response.headers["Retry-After"] = str(error.extensions["retry_after"])
        return cookies.send(response)


def guard_of(app: Flask, endpoint: str) -> Guard:
    """Who may see the page of an endpoint; raises `KeyError` for what is no page."""
    found: Guard | None = getattr(app.view_functions[endpoint], _GUARD, None)
    if found is None:
        raise KeyError(endpoint)
    return found


def _shown_again(response: Response) -> Response:
    response.status_code = 422
    return response
