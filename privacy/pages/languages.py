"""The language of a page, and how it says things: texts of the catalogues, days, times, numbers.

A reader chooses it once (`?lang=`, kept in a cookie); else the browser's wish counts, else Polish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from babel.numbers import format_decimal
from babel.support import LazyProxy
from flask import Flask, g, has_request_context, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from privacy import clock, spoken
from privacy.pages import cookies
from privacy.pages.catalogue import translations
from privacy.pages.look import look

LOCALES = ("pl", "en", "hr")
#: What each language calls itself.
NAMES = {"pl": "Polski", "en": "English", "hr": "Hrvatski"}
_FIRST = LOCALES[0]
_COOKIE = "lang"
_A_YEAR = 365 * 86_400
#: The place of a value, and a full stop after it that ends a sentence.
_PLACE_AND_STOP = re.compile(r"%\((\w+)\)s\.(?=\s|$)")


def install(app: Flask) -> None:
    """Make the texts and formats known to templates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    app.jinja_env.globals.update(
        gettext=_filled_in_template,
        locale=locale,
        day_text=day_text,
        moment_text=moment_text,
        number_text=number_text,
        language_names=NAMES,
    )


def locale() -> str:
    """The language of the page that is made now: one of `LOCALES`."""
    if not has_request_context():
        return _FIRST
    if "page_locale" not in g:
        wished = request.args.get("lang", "")
        kept = cookies.read(_COOKIE) or ""
        if wished in LOCALES:
            g.page_locale = wished
            if wished != kept:
                cookies.put(_COOKIE, wished, seconds=_A_YEAR)
        elif kept in LOCALES:
            g.page_locale = kept
        else:
            # A browser says "hr-HR" before "en": the language counts, not the country.
            wishes = (one.partition("-")[0].lower() for one in request.accept_languages.values())
            g.page_locale = next((one for one in wishes if one in LOCALES), _FIRST)
    found: str = g.page_locale
    return found


def speak(language: str) -> None:
    """Make the rest of this page in that language: for a text that is read aloud to somebody else."""
    g.page_locale = language


def gettext(text: str) -> str:
    """The text in the language of the page."""
    return translations(locale()).ugettext(text)


def filled(text: str, **values: object) -> str:
    """The text in the language of the page, with values in its places: `%(name)s`.

    A value may end with a full stop of its own ("sp. z o.o.", "2026 r."): a sentence that it ends has no other.
    """
    return _one_stop(gettext(text), values) % values


@pass_context
def _filled_in_template(context: Context, text: str, **values: object) -> str:
    """`gettext` of templates: as the extension makes it, and as `filled`."""
    found = _one_stop(gettext(text), values)
    # The texts are ours, and the values are escaped.
    return (Markup(found) if context.eval_ctx.autoescape else found) % values  # noqa: S704


def _one_stop(text: str, values: Mapping[str, object]) -> str:
    def place(found: re.Match[str]) -> str:
        return found[0][:-1] if str(values.get(found[1])).endswith(".") else found[0]

    return _PLACE_AND_STOP.sub(place, text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for so many, with the plural forms of the language."""
    return translations(locale()).ungettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """The text as it is said in a context, where one English text has two translations."""
    return str(translations(locale()).upgettext(context, text))


def npgettext(context: str, one: str, many: str, number: int) -> str:
    """As `ngettext`, in a context."""
    return str(translations(locale()).unpgettext(context, one, many, number))


def lazy_gettext(text: str) -> LazyProxy:
    """The text in the language of whoever reads it later: for texts that stand in tables of a module."""
    return LazyProxy(gettext, text, enable_cache=False)


def day_text(on: date | int) -> str:
    """A day as the language writes it; microseconds are taken in the zone of the page."""
    return spoken.day(clock.from_micros(on).astimezone(look().zone()).date() if isinstance(on, int) else on, locale())


def moment_text(at: int) -> str:
    """A moment, given in microseconds, to the minute."""
    return spoken.moment(clock.from_micros(at).astimezone(look().zone()).replace(second=0, microsecond=0), locale())


def number_text(number: float) -> str:
    """A number with the separators of the language."""
    return format_decimal(number, locale=locale())
