"""One row of a record that somebody sent, applied to the document of a programme. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from privacy.programme.activities.columns import LOCALES, Column, Sheet
from privacy.programme.activities.headings import Found, plain
from privacy.programme.activities.record import Cell, Telling
from privacy.programme.activities.references import NOTHING, References, in_brackets, legal_bases
from privacy.programme.types import Programme

Entry = dict[str, Any]
Told = list[tuple[Column, str]]

_SECTIONS = {Sheet.CONTROLLER: "processing_activities", Sheet.PROCESSOR: "processing_on_behalf"}
_LONGEST_CODE = 40
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: Columns that other parts of the programme say, each with where.
_DERIVED = {
    Column.REPRESENTATIVE: "`representative` of the controller",
    Column.DPO: "`dpo`",
    Column.TRANSFERS: "`country` and `safeguard` of the recipient or processor",
    Column.SAFEGUARDS: "`safeguard` of the recipient or processor",
}
_COUNTRY = re.compile(r"\[([A-Z]{2})\]\s*:?\s*(.*)")


class Applying:
    """Applies the rows of one sheet."""

    def __init__(self, document: Entry, programme: Programme, found: Found) -> None:
        self._document = document
        self._sheet = found.sheet
        self._section: list[Entry] = document.setdefault(_SECTIONS[found.sheet], [])
        self._locales: list[str] = document["jurisdiction"]["locales"]
        self._locale = found.locale if found.locale in self._locales else self._locales[0]
        self._by_code = {entry["code"]: entry for entry in self._section}
        names = "names" if found.sheet is Sheet.CONTROLLER else "categories"
        self._known = References([{"code": e["code"], "names": e[names]} for e in self._section])
        self._told = _as_told(programme, found.sheet, self._locales)
        self._seen: set[str] = set()

    def entry(self, cells: Mapping[Column, str]) -> Told:
        """Change or add the entry of a row; returns what a person should look at, by column."""
        title = cells.get(Column.NAME, "") or cells.get(Column.CATEGORIES, "")
        code = self._code_of(cells.get(Column.CODE, ""), title)
        if code in self._seen:
            return [(Column.NAME, f"The row is about {code} again; it is left out.")]
        self._seen.add(code)
        is_new = code not in self._by_code
        if is_new:
            self._by_code[code] = self._added(code)
        row = _Row(self._document, self._by_code[code], self._locale, self._locales, cells)
        told = [(Column.NAME, f"It is new: {code}.")] if is_new else []
        for column, text in cells.items():
            if column is Column.CODE or _squeezed(text) in self._told.get((code, column), frozenset()):
                continue
            if is_new and not text:
                continue
            told += [(column, said) for said in row.apply(self._sheet, column, text)]
        return told + (row.complete(self._sheet) if is_new else [])

    def left(self) -> Iterator[str]:
        """What the sheet does not speak of, after its last row."""
        for code in self._by_code:
            if code not in self._seen:
                yield f"{code} is not in the sheet and stays as it is; remove it from the proposal if it has ended."

    def _added(self, code: str) -> Entry:
        entry: Entry = {"code": code}
        self._section.append(entry)
        return entry

    def _code_of(self, written: str, title: str) -> str:
        if written in self._by_code or (written and _CODE.fullmatch(written)):
            return written
        if (known := self._known.one(title)) is not None:
            return known
        return _new_code(title, set(self._by_code) | self._seen)


class _Row:
    """The cells of one row and the entry that they are applied to."""

    def __init__(
        self, document: Entry, entry: Entry, locale: str, locales: list[str], cells: Mapping[Column, str]
    ) -> None:
        self._document, self._entry, self._cells = document, entry, cells
        self._locale, self._locales = locale, locales

    def apply(self, sheet: Sheet, column: Column, text: str) -> list[str]:
        """Change what the column says; returns what a person should look at."""
        if sheet is Sheet.PROCESSOR and column in {Column.TRANSFERS, Column.SAFEGUARDS}:
            return self._own_transfers() if column is Column.TRANSFERS else []
        if column in _DERIVED:
            said = f"It is not taken from here: the programme says it under {_DERIVED[column]}."
            return [] if plain(text) in NOTHING else [said]
        if column in _LISTS:
            return self._list(*_LISTS[column], text, column)
        if column in _TEXTS or column in _WORDS:
            return self._texts(_TEXTS[column], text) if column in _TEXTS else self._word(_WORDS[column], text)
        return self._other(column, text)

    def complete(self, sheet: Sheet) -> list[tuple[Column, str]]:
        """Fill in what a new entry has where nobody says otherwise."""
        controllers = [one["code"] for one in self._document["controllers"]]
        field, alone = ("controllers", controllers) if sheet is Sheet.CONTROLLER else ("processor", controllers[0])
        if field not in self._entry:
            if len(controllers) > 1:
                return [(Column.NAME, f"Say whose it is: {field} is missing.")]
            self._entry[field] = alone
        if sheet is Sheet.CONTROLLER:
            for name, empty in _EMPTY.items():
                self._entry.setdefault(name, copied(empty))
        return []

    def _other(self, column: Column, text: str) -> list[str]:
        own = {
            Column.JOINT: self._joint,
            Column.PURPOSES: self._purposes,
            Column.BASIS: self._basis,
            Column.RETENTION: self._retention,
            Column.PROCESSOR: self._processor,
        }
        return own[column](text) if column in own else self._client(column, text)

    def _processor(self, text: str) -> list[str]:
        code = self._references("controllers").one(text)
        if code is None:
            return ["It names none of the programme's controllers."]
        self._entry["processor"] = code
        return []

    def _references(self, section: str) -> References:
        return References(self._document.get(section) or [])

    def _texts(self, field: str, text: str) -> list[str]:
        """A text by locale: in the language of the sheet; in every language where there is none yet."""
        optional = field in _OPTIONAL
        if not text:
            if optional:
                self._clear(field)
                return []
            return ["The cell is empty; the programme's text stays."]
        before = self._entry.get(field)
        if isinstance(before, dict):
            before[self._locale] = text
            others = [name for name in self._locales if name != self._locale]
            return [f"The text changes in {self._locale}; look at {', '.join(others)}."] if others else []
        if isinstance(before, str):
            self._entry[field] = text
            return []
        self._entry[field] = dict.fromkeys(self._locales, text)
        return ["It has this text in every language: translate it."] if len(self._locales) > 1 else []

    def _word(self, field: str, text: str) -> list[str]:
        """A text that the programme has once."""
        if plain(text) in NOTHING:
            if field in _OPTIONAL:
                self._clear(field)
                return []
            return ["The cell is empty; the programme's text stays."]
        self._entry[field] = text
        return []

    def _clear(self, field: str) -> None:
        if field in _SPARSE:
            self._entry.pop(field, None)
        elif field in self._entry:
            self._entry[field] = None

    def _list(self, field: str, section: str, text: str, column: Column) -> list[str]:
        codes, others = self._references(section).read(text)
        told = []
        for other in others:
            if column in _ADDED:
                code = _new_code(other, self._references(section).codes)
                self._document.setdefault(section, []).append(self._party(column, code, other))
                codes.append(code)
                told.append(f"{code} is new among {section}: look through its entry.")
            else:
                told.append(f"Something here is none of the programme's {section}; add it there first.")
        if not codes and column is Column.CONTROLLERS:
            return [*told, "The cell is empty; the programme's controllers stay."]
        if codes or field not in _SPARSE:
            self._entry[field] = codes
        else:
            self._entry.pop(field, None)
        return told

    def _party(self, column: Column, code: str, name: str) -> Entry:
        names = dict.fromkeys(self._locales, " ".join(name.split()))
        if column is Column.DATA:
            return {"code": code, "names": names, "special": False}
        # Whether data go abroad nobody has said: the country is left out for a person to add.
        return {"code": code, "kind": "category", "names": names, "safeguard": None}

    def _joint(self, text: str) -> list[str]:
        codes, others = self._references("controllers").read(text)
        mine = self._entry.setdefault("controllers", [])
        mine += [code for code in codes if code not in mine]
        return ["Somebody here is none of the programme's controllers; add them there first."] if others else []

    def _purposes(self, text: str) -> list[str]:
        codes, others = self._references("purposes").read(text)
        self._entry["purposes"] = codes
        told = "\n".join(others)
        title = self._cells.get(Column.NAME, "")
        if not told or plain(told) == plain(title):
            self._entry.pop("purpose_descriptions", None)
            return []
        return self._texts("purpose_descriptions", told)

    def _basis(self, text: str) -> list[str]:
        found = legal_bases(text)
        if not found:
            return ["No legal basis of Art. 6(1) is recognised; write such as: art. 6 ust. 1 lit. b."]
        self._entry["legal_basis"] = found[0].value
        if Column.STATUTE not in self._cells and len(text) > 40:
            self._entry["statute"] = " ".join(text.split())
        return ["Several legal bases: the first is taken; make an activity of each."] if len(found) > 1 else []

    def _retention(self, text: str) -> list[str]:
        rules, categories = self._references("retention_rules"), self._references("data_categories")
        special: list[Entry] = []
        main: str | None = None
        for line in filter(None, (one.strip() for one in text.split("\n"))):
            codes = in_brackets(line)
            rule = codes[-1] if codes and codes[-1] in rules.codes else rules.one(line)
            covered = [code for code in codes[:-1] if code in categories.codes]
            if rule is not None and covered:
                special.append({"data_categories": covered, "retention_rule": rule})
            else:
                main = main or rule
        if main is None:
            if not text:
                return ["The cell is empty; the programme's rule stays."]
            return ["No retention rule is recognised; write the code of one in brackets, such as [sale]."]
        self._entry["retention_rule"] = main
        if special:
            self._entry["category_retention"] = special
        else:
            self._entry.pop("category_retention", None)
        return []

    def _client(self, column: Column, text: str) -> list[str]:
        client = self._entry.setdefault("on_behalf_of", {})
        field = _CLIENT[column]
        if column is Column.CLIENT and Column.CLIENT_CONTACT not in self._cells:
            # Templates have the name and the contact in one cell.
            name, sign, contact = text.partition("\n") if "\n" in text else text.partition(",")
            client["name"] = name.strip()
            if sign:
                client["contact"] = contact.strip()
            return []
        if plain(text) not in NOTHING:
            client[field] = text
        elif field in {"representative", "dpo"}:
            client.pop(field, None)
        return []

    def _own_transfers(self) -> list[str]:
        """Those of the entry itself, a line each; what other processors transfer their own entries say."""
        found = []
        for line in self._cells[Column.TRANSFERS].split("\n"):
            if match := _COUNTRY.search(line):
                found.append({"country": match[1], "recipient": match[2].strip()})
            elif plain(line) not in NOTHING and not in_brackets(line):
                return ["No country is recognised; write its code in brackets: Szwajcaria [CH]: Alpen AG."]
        safeguards = self._cells.get(Column.SAFEGUARDS, "").split("\n")
        for one, safeguard in zip(found, safeguards, strict=False):
            if safeguard:
                one["safeguard"] = safeguard
        if found:
            self._entry["transfers"] = found
        else:
            self._entry.pop("transfers", None)
        return []


_LISTS = {
    Column.CONTROLLERS: ("controllers", "controllers"),
    Column.DATA: ("data_categories", "data_categories"),
    Column.PROCESSORS: ("processors", "processors"),
    Column.RECIPIENTS: ("recipients", "recipients"),
    Column.SYSTEMS: ("systems", "systems"),
}
#: What a file may add to; who processes on one's behalf, and under which contract, is not made up.
_ADDED = frozenset({Column.DATA, Column.RECIPIENTS})
_TEXTS = {
    Column.NAME: "names",
    Column.PERSONS: "persons",
    Column.INTEREST: "legitimate_interest",
    Column.SOURCE: "source",
    Column.CATEGORIES: "categories",
}
_WORDS = {
    Column.UNIT: "unit",
    Column.STATUTE: "statute",
    Column.SECURITY: "security",
    Column.ASSESSMENT: "impact_assessment",
    Column.AGREEMENT: "agreement",
}
_CLIENT = {
    Column.CLIENT: "name",
    Column.CLIENT_CONTACT: "contact",
    Column.CLIENT_REPRESENTATIVE: "representative",
    Column.CLIENT_DPO: "dpo",
}
_SPARSE = frozenset({"unit", "source", "systems", "agreement", "purpose_descriptions"})
_OPTIONAL = _SPARSE | {"statute", "impact_assessment", "legitimate_interest"}
_EMPTY: Entry = {
    "purposes": [],
    "statute": None,
    "legitimate_interest": None,
    "recipients": [],
    "processors": [],
    "impact_assessment": None,
}


def copied(value: Any) -> Any:
    """A value of its own for each entry."""
    return list(value) if isinstance(value, list) else value


def _as_told(programme: Programme, sheet: Sheet, locales: list[str]) -> Mapping[tuple[str, Column], frozenset[str]]:
    """What the record says in each cell now, in any language, with codes or without: as it is compared."""
    found: dict[tuple[str, Column], set[str]] = {}
    for locale in dict.fromkeys([*LOCALES, *locales]):
        for codes in (True, False):
            telling = Telling(programme, locale, codes=codes)
            for code, cells in _cells(telling, programme, sheet):
                for column, cell in cells.items():
                    found.setdefault((code, column), set()).add(_squeezed("\n".join(cell)))
    return {place: frozenset(texts) for place, texts in found.items()}


def _squeezed(text: str) -> str:
    """A text as it is compared with what the programme says: spreadsheets are free with blanks and line ends."""
    return " ".join(text.split())


def _cells(telling: Telling, programme: Programme, sheet: Sheet) -> Iterator[tuple[str, Mapping[Column, Cell]]]:
    if sheet is Sheet.CONTROLLER:
        for code, one in programme.processing_activities.items():
            yield code, telling.activity(one)
    else:
        for code, other in programme.processing_on_behalf.items():
            yield code, telling.on_behalf(other)


def _new_code(name: str, taken: set[str]) -> str:
    """A code for something new, by its name, that nothing else has."""
    letters = unicodedata.normalize("NFKD", name.translate({ord("ł"): "l", ord("Ł"): "L", ord("đ"): "d"}))
    slug = re.sub(r"[^a-z0-9]+", "_", letters.encode("ascii", "ignore").decode().lower()).strip("_")
    slug = slug[: _LONGEST_CODE - 4].rstrip("_")
    if not slug[:1].isalpha():
        slug = f"x_{slug}".rstrip("_")
    code, number = slug, 2
    while code in taken:
        code, number = f"{slug}_{number}", number + 1
    return code
