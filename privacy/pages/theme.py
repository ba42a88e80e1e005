"""The looks of an installation, from one file: whose name and logo stand on the pages, the accent, where help is.

What cannot be read by everybody is refused at the start: a colour without enough contrast, a logo that is no picture.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from privacy import yaml_document
from privacy.errors import PrivacyError
from privacy.pages import contrast, logo
from privacy.pages.assets import Asset, asset_of
from privacy.pages.contrast import Colour
from privacy.pages.logo import Logo

#: What text and links stand on, in light and dark, as pages/style.css has it; a test compares them.
GROUNDS: Mapping[str, tuple[Colour, Colour]] = {
    "light": (contrast.read("#ffffff"), contrast.read("#f2f5f8")),
    "dark": (contrast.read("#12181f"), contrast.read("#1b232c")),
}
#: How much of the accent the ground of a note has, if the accent can still be read on it.
_TINTS = {"light": (0.12, 0.08, 0.04), "dark": (0.2, 0.12, 0.06)}

Line = Annotated[str, Meta(min_length=1, max_length=120)]
Texts = Line | Annotated[dict[Annotated[str, Meta(pattern="^(pl|en|hr)$")], Line], Meta(min_length=1)]


class ThemeInvalid(PrivacyError):
    """The file that PRIVACY_THEME names cannot be used."""

    code = "theme-invalid"


class _Logo(msgspec.Struct, forbid_unknown_fields=True):
    file: Line
    #: Whether the name can be read in the picture, so that it need not stand beside it.
    says_name: bool = False


class _Accent(msgspec.Struct, forbid_unknown_fields=True):
    light: str | None = None
    dark: str | None = None


class _Help(msgspec.Struct, forbid_unknown_fields=True):
    phone: Annotated[str, Meta(pattern=r"^\+?[0-9][0-9 ()-]{2,30}$")] | None = None
    hours: Texts | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    name: Texts | None = None
    logo: _Logo | None = None
    accent: _Accent = msgspec.field(default_factory=_Accent)
    help: _Help = msgspec.field(default_factory=_Help)


@dataclass(frozen=True)
class ShownLogo:
    """The logo as a page shows it."""

    asset: str
    width: int
    height: int
    says_name: bool


@dataclass(frozen=True)
class Theme:
    """The looks of an installation; what is not said is as it is without a theme."""

    names: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    hours: Mapping[str, str] = field(default_factory=dict)
    logo: ShownLogo | None = None
    #: The accent by `light` and `dark`, as `#rrggbb`.
    accents: Mapping[str, str] = field(default_factory=dict)
    #: What is served for it: the logo, and a style sheet.
    assets: Mapping[str, Asset] = field(default_factory=dict, repr=False)

    def name(self, locale: str) -> str | None:
        """The controller's name in a language, or in another where there is none; None where no name is given."""
        return _said_in(self.names, locale)

    def open_hours(self, locale: str) -> str:
        """When somebody answers the helpline; empty where that is not said."""
        return _said_in(self.hours, locale) or ""

    def embedded(self, sheet: bytes) -> bytes:
        """The style sheet of forms inside other sites, with the accent where such a site says none of its own."""
        light = self.accents.get("light")
        if light is None:
            return sheet
        on = contrast.written(contrast.text_on(contrast.read(light)))
        themed = sheet.replace(b"var(--privacy-accent, #0b5c78)", f"var(--privacy-accent, {light})".encode())
        return themed.replace(b"var(--privacy-on-accent, #fff)", f"var(--privacy-on-accent, {on})".encode())


PLAIN = Theme()
_SHEET = "theme/style.css"


def read(file: pathlib.Path) -> Theme:
    """The theme of a file; raises `ThemeInvalid` with everything that is wrong with it."""
    try:
        content = yaml_document.load_file(file).content
        given = msgspec.convert(content, _File)
    except yaml_document.FileInvalid as error:
        raise _invalid(file, [str(problem) for problem in error.problems]) from None
    except msgspec.ValidationError as error:
        raise _invalid(file, [f"{error}."]) from None
    problems = list(_unreadable(given.accent))
    picture: Logo | None = None
    if given.logo is not None:
        try:
            picture = logo.read(file.parent / given.logo.file)
        except ValueError as error:
            problems.append(f"logo: {error}")
    if problems:
        raise _invalid(file, problems)
    return _theme(given, picture)


def _theme(given: _File, picture: Logo | None) -> Theme:
    accents = {name: colour.lower() for name, colour in _accents(given.accent)}
    assets: dict[str, Asset] = {}
    shown: ShownLogo | None = None
    if picture is not None and given.logo is not None:
        name = f"theme/logo.{picture.ending}"
        assets[name] = Asset.of(picture.content, picture.media_type)
        shown = ShownLogo(name, picture.width, picture.height, given.logo.says_name)
    if accents or shown:
        assets[_SHEET] = asset_of(_SHEET, _sheet(accents).encode())
    return Theme(_by_locale(given.name), given.help.phone, _by_locale(given.help.hours), shown, accents, assets)


def _accents(accent: _Accent) -> Iterator[tuple[str, str]]:
    for name, colour in (("light", accent.light), ("dark", accent.dark)):
        if colour is not None:
            yield name, colour


def _unreadable(accent: _Accent) -> Iterator[str]:
    """What is wrong with the colours, each with the nearest that fits."""
    for name, written in _accents(accent):
        try:
            colour = contrast.read(written)
        except ValueError:
            yield f"accent.{name}: {written!r} is no colour; write # and six hexadecimal digits, like '#0b5c78'."
            continue
        least = contrast.least_ratio(colour, GROUNDS[name])
        if least < contrast.LEAST:
            fits = contrast.written(contrast.nearest(colour, GROUNDS[name]))
            yield (
                f"accent.{name}: {written} has a contrast of {least:.2f} to the {name} ground, and text needs "
                f"{contrast.LEAST} (WCAG 1.4.3). The nearest that fits is {fits}."
            )


def _sheet(accents: Mapping[str, str]) -> str:
    """The colours as custom properties; print stays black on white."""
    rules = {name: _properties(name, contrast.read(colour)) for name, colour in accents.items()}
    lines = []
    if "light" in rules:
        # Only where the dark one does not hold: that may be the plain one.
        lines.append(f"@media screen and (prefers-color-scheme: light) {{ :root {{ {rules['light']} }} }}")
    if "dark" in rules:
        lines.append(f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {rules['dark']} }} }}")
    # A logo is made for white paper.
    lines.append("@media (prefers-color-scheme: dark) { .logo { background: #fff; } }")
    return "\n".join(lines) + "\n"


def _properties(name: str, accent: Colour) -> str:
    paper = GROUNDS[name][0]
    tints = [contrast.mixed(paper, accent, part) for part in _TINTS[name]]
    soft = next((tint for tint in tints if contrast.ratio(accent, tint) >= contrast.LEAST), GROUNDS[name][1])
    colours = {"accent": accent, "on-accent": contrast.text_on(accent), "accent-soft": soft}
    return " ".join(f"--{part}: {contrast.written(colour)};" for part, colour in colours.items())


def _by_locale(texts: Any) -> Mapping[str, str]:
    if texts is None:
        return {}
    return {"": texts} if isinstance(texts, str) else texts


def _said_in(texts: Mapping[str, str], locale: str) -> str | None:
    return texts.get(locale) or next(iter(texts.values()), None)


def _invalid(file: pathlib.Path, problems: list[str]) -> ThemeInvalid:
    return ThemeInvalid(f"PRIVACY_THEME {file} cannot be used: " + " ".join(problems))
