"""The report of an import: the waterfall as a table for the terminal, as JSON, as a picture and as a document.

Of the same counts at the same time it is the same to the byte. It holds no personal data.
"""

from __future__ import annotations

import json
from pathlib import Path

from privacy import clock
from privacy.consent.importing.private_files import private_folder, write_anew
from privacy.consent.importing.rows_files import Entry, RowsFiles
from privacy.consent.importing.waterfall import By, Step, Waterfall
from privacy.consent.importing.waterfall_pages import (
    Occasion,
    described,
    occurring,
    pages,
    permissions,
    picture,
    rows_in_words,
    title,
)
from privacy.consent.importing.waterfall_texts import words
from privacy.pdf.document import Document
from privacy.pdf.svg import svg

__all__ = [
    "Entry",
    "Occasion",
    "RowsFiles",
    "as_json",
    "as_pdf",
    "as_svg",
    "group_lines",
    "table_lines",
    "write_report",
]

#: Sources, wordings or years that a terminal shows; the document and the JSON have them all.
_MOST_GROUPS = 12


def write_report(waterfall: Waterfall, folder: Path, *, occasion: Occasion, locale: str = "en") -> list[Path]:
    """Write `waterfall.json`, `waterfall.svg` and `waterfall.pdf`, readable by their owner only."""
    contents = {
        "waterfall.json": as_json(waterfall, occasion),
        "waterfall.svg": as_svg(waterfall, occasion, locale),
        "waterfall.pdf": as_pdf(waterfall, occasion, locale),
    }
    private_folder(folder)
    return [write_anew(folder / name, content) for name, content in contents.items()]


def as_json(waterfall: Waterfall, occasion: Occasion) -> bytes:
    """The whole account."""
    whole = {
        "profile": occasion.profile,
        "files": list(occasion.files),
        "at": clock.isoformat(occasion.at),
        "programme": occasion.programme,
        "dry_run": occasion.dry_run,
        **waterfall.as_dict(),
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def as_svg(waterfall: Waterfall, occasion: Occasion, locale: str = "en") -> bytes:
    """The picture."""
    language = words(locale)
    return svg(
        picture(waterfall, occasion, language),
        title=title(occasion, language),
        description=described(waterfall, language),
        language=language.locale,
    ).encode()


def as_pdf(waterfall: Waterfall, occasion: Occasion, locale: str = "en") -> bytes:
    """The page for the board, and the tables behind it."""
    language = words(locale)
    name = title(occasion, language)
    document = Document(
        title=name,
        subject=rows_in_words(waterfall, language),
        language=language.locale,
        at=occasion.at,
        footer=name,
        pages=language.phrase("pages"),
    )
    return document.render(pages(waterfall, occasion, picture(waterfall, occasion, language), language))


def table_lines(waterfall: Waterfall, locale: str = "en") -> list[str]:
    """The waterfall for a terminal: only steps that occur, the numbers below each other."""
    language = words(locale)
    counts = [(language.phrase("all"), waterfall.total)]
    counts += [(language.steps[step].title, waterfall.count(step)) for step in occurring(waterfall)]
    lines = [(language.number(count), language.share(count, waterfall.total), label) for label, count in counts]
    wide, share = (max(len(line[column]) for line in lines) for column in (0, 1))
    return [
        f"{language.phrase('rows')} {rows_in_words(waterfall, language)}",
        *(f"{number:>{wide}}  {part:>{share}}  {label}" for number, part, label in lines),
        f"{language.phrase('permissions')}: {permissions(waterfall, language)}",
    ]


def group_lines(waterfall: Waterfall, locale: str = "en") -> list[str]:
    """The same entries by source, wording and year for a terminal: how many there are, and how many may be used."""
    language = words(locale)
    shown: list[str] = []
    for by in (By.SOURCE, By.WORDING, By.YEAR):
        groups = waterfall.table(by)
        number, label = language.number, language.label
        shown.append(f"{language.tables[by]}: {language.phrase('entries')} → {language.steps[Step.MAY_CONTACT].title}")
        shown += [
            f"{number(group.total):>11} → {number(group.may_contact):>9}  {label(group.label)}"
            for group in groups[:_MOST_GROUPS]
        ]
        if rest := groups[_MOST_GROUPS:]:
            shown.append(f"{language.phrase('rest', count=language.number(len(rest))):>25}")
    return shown
