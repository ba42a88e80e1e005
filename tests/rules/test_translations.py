"""Every text of a page has its translations, and no translation is left over from a text that is gone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural

from privacy.pages.catalogue import catalogues
from privacy.pages.languages import LOCALES
from tests.rules.source import ROOT, trees

#: `gettext` and its kin, as templates and code name them.
_KEYWORDS: Any = {
    "_": None,
    "gettext": None,
    "filled": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
_PLACES = re.compile(r"%\(\w+\)[sd]")
TRANSLATED = [language for language in LOCALES if language != "en"]

Key = tuple[str | None, str]


def texts() -> dict[Key, str]:
    """Every text that pages say, with where it stands."""
    found: dict[Key, str] = {}
    for room in ("pages", "portal", "console"):
        for file, line, message, _, context in extract_from_dir(
            ROOT / "privacy" / room, _METHODS, _OPTIONS, keywords=_KEYWORDS
        ):
            text = message[0] if isinstance(message, tuple) else message
            found[context, text] = f"{room}/{file}:{line}"
    return found


def messages(language: str) -> Iterator[Message]:
    """Every message of the catalogues of a language."""
    return (message for catalogue in catalogues(language) for message in catalogue if message.id)


def _key(message: Message) -> Key:
    return (message.context, _all(message.id)[0])


def _all(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def _constants() -> set[str]:
    """Every text that stands in the code."""
    return {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    translated = {_key(message) for message in messages(language)}
    missing = {place: text for (context, text), place in texts().items() if (context, text) not in translated}
    assert missing == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over_and_none_is_said_twice(language: str) -> None:
    said, known = texts(), Counter(_key(message) for message in messages(language))
    problems = _constants()  # Forms show what services found wrong, too.
    assert sorted(text for (context, text) in known if (context, text) not in said and text not in problems) == []
    assert [text for (_, text), times in known.items() if times > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_whole_and_has_the_same_places(language: str) -> None:
    forms = get_plural(language).num_plurals
    wrong = []
    for message in messages(language):
        originals, strings = _all(message.id), _all(message.string)
        expected = forms if isinstance(message.id, tuple) else 1
        places = {place for original in originals for place in _PLACES.findall(original)}
        fits = all(set(_PLACES.findall(string)) <= places for string in strings)
        whole = isinstance(message.id, tuple) or set(_PLACES.findall(strings[0])) == places
        if len(strings) != expected or not all(strings) or not fits or not whole or message.fuzzy:
            wrong.append(originals[0])
    assert wrong == []


def test_the_extraction_sees_templates_and_code() -> None:
    found = texts()
    assert (None, "Large print") in found
    assert (None, "My choices") in found
    assert isinstance(next(catalogues("pl")), Catalog)
