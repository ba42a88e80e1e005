"""What somebody filled in: read strictly as a type, and shown again with what was wrong beside each field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from flask import request

from privacy.errors import InvalidInput, Malformed
from privacy.http.reading import invalid
from privacy.pages import forgery
from privacy.pages.catalogue import SOURCE, translated_texts
from privacy.pages.languages import gettext, locale

T = TypeVar("T", bound=msgspec.Struct)

#: What a browser sends for a box that is ticked, unless the box says otherwise.
_TICKED = {"on", "1", "true"}
#: Signs that nobody types and that turn or hide what follows; line ends are made one kind.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONGEST = 20_000


def read_form(kind: type[T]) -> T:
    """The fields that were sent, as a `kind`: texts trimmed, NFC, empty ones as if they were not there.

    A ticked box is True, one that is not ticked is not sent: give such fields `False`. Raises `InvalidInput` by field.
    """
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for name in request.form:
        if name == forgery.FIELD:
            continue
        values = [_clean(name, value) for value in request.form.getlist(name)]
        wanted = hints.get(name)
        if wanted is not None and _is_list(wanted):
            given[name] = [value for value in values if value]
        elif wanted is bool:
            given[name] = values[-1].lower() in _TICKED
        elif values[-1]:
            given[name] = values[-1]
        elif wanted is None:
            given[name] = ""  # Whoever adds fields is told, though they are empty.
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(str(error), kind) from None


@contextmanager
def fields_named(as_here: Callable[[str], str]) -> Iterator[None]:
    """Tell what a service finds wrong inside this by the names that the form's fields have."""
    try:
        yield
    except InvalidInput as error:
        found = error.extensions.get("errors")
        if not found:
            raise
        raise InvalidInput(errors={as_here(name): texts for name, texts in found.items()}) from None


@dataclass(frozen=True)
class FormErrors:
    """What was wrong with a form, and what was in it."""

    #: By the name of the field, what is wrong, in the language of the page; `body` is about the form as a whole.
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    given: Mapping[str, list[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, error: InvalidInput) -> FormErrors:
        """What is wrong with the form of this request."""
        found = error.extensions.get("errors") or {"body": [error.detail]}
        told = {name: [_in_the_language(text) for text in texts] for name, texts in found.items()}
        return cls(told, {name: request.form.getlist(name) for name in request.form if name != forgery.FIELD})

    def __bool__(self) -> bool:
        return bool(self.errors)

    @property
    def any(self) -> Iterator[tuple[str, str]]:
        """Each field that was wrong, with the sentence to show."""
        return ((name, " ".join(texts)) for name, texts in self.errors.items())

    def text(self, name: str) -> str | None:
        """What is wrong with a field; None where nothing is."""
        texts = self.errors.get(name)
        return " ".join(texts) if texts else None

    def value(self, name: str, otherwise: str = "") -> str:
        """What was in a field; `otherwise` where it was not sent."""
        values = self.given.get(name)
        return values[-1] if values else otherwise

    def chosen(self, name: str, value: str) -> bool:
        """Whether a box or an option of that value was chosen."""
        return value in self.given.get(name, ())


NO_ERRORS = FormErrors()


def _in_the_language(text: str) -> str:
    """What a service found wrong, for the reader; where that has no translation, that the field needs another look."""
    translated = gettext(text)
    if translated != text or locale() == SOURCE or text in translated_texts(locale()):
        return translated
    return gettext("Please look at this again.")


def _clean(name: str, value: str) -> str:
    if len(value) > _LONGEST:
        raise InvalidInput.of(name, "This is too long.")
    if "\x00" in value:
        raise Malformed("A text may not hold the character U+0000.")
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", lines)).strip()


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in {list, tuple} or any(get_origin(one) in {list, tuple} for one in get_args(kind))
