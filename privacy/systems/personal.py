"""Which columns of a catalogue look personal, why, and how surely: by their names, and by what their values look like.

Nothing here keeps or shows a value. What is proposed is for somebody to judge who knows the system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from privacy.systems import personal_formats
from privacy.systems.connector import Column
from privacy.systems.personal_names import Said, about_people, of_name

#: What a form of values says, as names do.
_OF_FORMAT = {
    "email": Said("user.contact.email", "email", in_company=False),
    "iban": Said("user.financial.bank_account", None, in_company=False),
    "pesel": Said("user.government_id.national_identification_number", None, in_company=False),
    "oib": Said("user.government_id.national_identification_number", None, in_company=False),
    "nip": Said("user.government_id.national_identification_number", None, in_company=False),
    "regon": Said("user.contact.organization", None, in_company=False),
    "card": Said("user.financial.credit_card", None, in_company=False),
    "phone": Said("user.contact.phone_number", "phone", in_company=False),
    "postcode": Said("user.contact.address.postal_code", None, in_company=False),
    "ip_address": Said("user.device.ip_address", None, in_company=False),
}
#: Types that hold texts, whole numbers and days. An amount, a flag or a blob is no name.
_TEXT = re.compile(r"CHAR|TEXT|CLOB|STRING|ENUM|CITEXT|INET|UUID|JSON|NULL", re.IGNORECASE)
_WHOLE = re.compile(r"(?<!PO)INT(?!ERVAL)|SERIAL", re.IGNORECASE)
_DAY = re.compile(r"DATE|TIME", re.IGNORECASE)
_FRACTION = re.compile(r"NUMERIC|DECIMAL|REAL|FLOAT|DOUBLE", re.IGNORECASE)

#: What may stand in other columns than texts.
_NUMBERS = frozenset(
    {
        "user.contact.phone_number",
        "user.contact.fax_number",
        "user.government_id.national_identification_number",
        "user.contact.address.postal_code",
        "user.financial.bank_account",
        "user.financial.credit_card",
        "user.contact.organization",
        "user.demographic.age_range",
        "user.device.ip_address",
    }
)
_DAYS = frozenset({"user.demographic.date_of_birth"})
_FRACTIONS = frozenset({"user.location.precise", "user.financial"})
#: Where a table has one of these, its rows are about somebody, whatever the table is called.
_TELLING = ("user.contact.email", "user.contact.phone_number", "user.name", "user.government_id", "user.demographic")
_ADDRESS = "user.contact.address"
_FAX = "user.contact.fax_number"


class Sureness(StrEnum):
    """How sure it is that a column is personal."""

    SURE = "sure"  # its name says so, and its values look so
    LIKELY = "likely"  # one of the two


@dataclass(frozen=True)
class Personal:
    """A column that looks personal."""

    column: Column
    category: str
    #: The contact kind that a person could be looked for by.
    identity: str | None
    sureness: Sureness
    #: In words, without a value.
    why: str


def personal_columns(columns: Sequence[Column]) -> list[Personal]:
    """The columns that look personal, in the order of the catalogue."""
    strong = {(one.table, one.name): found for one in columns if (found := _look(one)) is not None}
    people = {one.table for one in columns if about_people(one.table)} | _telling_tables(strong.values())
    addresses = {found.column.table for found in strong.values() if found.category.startswith(_ADDRESS)}
    looked = (
        strong.get((one.table, one.name)) or _look(one, people=one.table in people, addresses=one.table in addresses)
        for one in columns
    )
    return [one for one in looked if one is not None]


def people_tables(found: Iterable[Personal]) -> set[str]:
    """The tables whose rows are about somebody."""
    found = list(found)
    return _telling_tables(found) | {one.column.table for one in found if about_people(one.column.table)}


def _telling_tables(found: Iterable[Personal]) -> set[str]:
    return {one.column.table for one in found if one.category.startswith(_TELLING)}


def _look(column: Column, *, people: bool = False, addresses: bool = False) -> Personal | None:
    by_value = _by_values(column)
    by_name = of_name(column.name)
    if by_name is not None and by_name.in_company:
        counts = people or (addresses and by_name.category.startswith(_ADDRESS))
        by_name = by_name if counts else None
    if by_name is not None and _misses(column, by_name):
        by_name = None
    if by_value is not None:
        return _by_both(column, by_name, *by_value)
    if by_name is None:
        return None
    return Personal(column, by_name.category, by_name.identity, Sureness.LIKELY, "by its name")


def _by_both(column: Column, by_name: Said | None, name: str, count: str) -> Personal:
    said = _OF_FORMAT[name]
    if by_name is not None and name == "phone" and by_name.category == _FAX:
        said = by_name  # numbers of both look the same
    agrees = by_name is not None and by_name.category == said.category
    sureness, and_name = (Sureness.SURE, "its name and ") if agrees else (Sureness.LIKELY, "")
    return Personal(column, said.category, said.identity, sureness, f"by {and_name}{count} that look like {name}")


def _by_values(column: Column) -> tuple[str, str] | None:
    if column.references is not None and column.primary_key:
        return None
    found = personal_formats.of_values(column.sample)
    # A key that the database counts up has values that fit by chance; who numbers people by PESEL does so in a text.
    if found is None or (column.primary_key and _WHOLE.search(column.data_type)):
        return None
    name, fitting, of = found
    return name, f"{fitting} of {of} values"


def _misses(column: Column, said: Said) -> bool:
    """Whether the column cannot hold what its name says, or only leads to where it is."""
    if column.references is not None or not column.data_type:
        return column.references is not None
    allowed: Mapping[re.Pattern[str], frozenset[str]] = {_WHOLE: _NUMBERS, _DAY: _DAYS, _FRACTION: _FRACTIONS}
    if _TEXT.search(column.data_type):
        return _is_flag(column)
    return not any(kind.search(column.data_type) and said.category in holds for kind, holds in allowed.items())


def _is_flag(column: Column) -> bool:
    """Texts of one letter are flags: `Y`, `N`, `T`. What a gender is written with is let go with them."""
    values = [value for value in column.sample if isinstance(value, str) and value]
    return len(values) > 1 and all(len(value) == 1 for value in values)
