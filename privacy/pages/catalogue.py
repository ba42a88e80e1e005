"""The texts of pages in other languages: gettext catalogues of every room, `privacy/<room>/locale/<language>/*.po`.

English is what stands in templates and code. The catalogues are read as they are, once in a process: there is nothing
to compile, and an installation has no second copy that could be older.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from importlib import resources

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.support import NullTranslations, Translations

SOURCE = "en"


@cache
def translations(language: str) -> NullTranslations:
    """The texts in that language; those of the source where it has no catalogue."""
    whole = Catalog(locale=language)
    for catalogue in catalogues(language):
        for message in catalogue:
            if message.id:
                whole.add(message.id, message.string, context=message.context)
    if not len(whole):
        return NullTranslations()
    compiled = io.BytesIO()
    mofile.write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


@cache
def translated_texts(language: str) -> frozenset[str]:
    """Every text that a language has, by which one that was translated already is known."""
    found = (message.string for catalogue in catalogues(language) for message in catalogue if message.id)
    return frozenset(text for text in found if isinstance(text, str))


def catalogues(language: str) -> Iterator[Catalog]:
    """Each catalogue of a language, in the order of rooms and of their parts."""
    for room in sorted(resources.files("privacy").iterdir(), key=lambda one: one.name):
        folder = room / "locale" / language
        if folder.is_dir():
            for part in sorted(folder.iterdir(), key=lambda one: one.name):
                if part.name.endswith(".po"):
                    with part.open("rb") as file:
                        yield pofile.read_po(file, locale=language, abort_invalid=True)
