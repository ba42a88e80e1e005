"""The error catalogue: what can go wrong, in words that are safe to show to the caller.

No transport here. `http/problems.py` maps the categories to statuses (RFC 9457), the command line to exit codes.
A subclass lives in the room that raises it; its docstring is the default text, its `code` the last part of the
problem type. A detail never carries personal data or a secret.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, ClassVar


class PrivacyError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    #: Exit code of the command line.
    exit_code: ClassVar[int] = 2

    def __init__(self, detail: str | None = None, **extensions: Any) -> None:
        self.detail = detail or self.title()
        self.extensions = extensions
        super().__init__(self.detail)

    @classmethod
    def title(cls) -> str:
        """The first sentence of the docstring."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")


class InvalidInput(PrivacyError):
    """The request is understood but cannot be accepted as it is."""

    code = "invalid-input"
    exit_code = 3

    def __init__(
        self, detail: str | None = None, *, errors: dict[str, list[str]] | None = None, **extensions: Any
    ) -> None:
        if errors:
            extensions["errors"] = errors
            detail = detail or "; ".join(f"{field}: {' '.join(texts)}" for field, texts in errors.items())
        super().__init__(detail, **extensions)

    @classmethod
    def of(cls, field: str, text: str) -> InvalidInput:
        """One field, what was wrong with it and what would be right."""
        return cls(errors={field: [text]})


class Malformed(PrivacyError):
    """The body could not be read."""

    code = "malformed"
    exit_code = 3


class NotAuthenticated(PrivacyError):
    """A valid key is needed."""

    code = "not-authenticated"
    exit_code = 4


class NotPermitted(PrivacyError):
    """The key is valid but does not allow this."""

    code = "not-permitted"
    exit_code = 4


class NotFound(PrivacyError):
    """There is nothing here under that name."""

    code = "not-found"
    exit_code = 5


class Conflict(PrivacyError):
    """The request conflicts with the current state."""

    code = "conflict"
    exit_code = 6


class TooManyRequests(PrivacyError):
    """Too many requests in a short time."""

    code = "too-many-requests"
    exit_code = 7


class Unavailable(PrivacyError):
    """The answer cannot be decided now; nothing may be concluded from that."""

    code = "unavailable"
    exit_code = 2


class VerificationError(PrivacyError):
    """A proof or a stored value does not verify."""

    code = "verification-failed"
    exit_code = 8


def catalogue() -> Iterator[type[PrivacyError]]:
    """Every error class that is loaded, the categories first."""
    queue = [PrivacyError]
    while queue:
        cls = queue.pop(0)
        yield cls
        queue.extend(cls.__subclasses__())
