"""The data map: which system holds which personal data, and how rows of one table lead to rows of another.

Data sets have the form of Fideslang's (fides_key, collections, fields, fides_meta); what that form lacks stands in a
block `privacy` of a table or field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from privacy.programme.vocabulary import RetentionTrigger


class ConnectorKind(StrEnum):
    """How the service reaches a system."""

    SQL = "sql"  # a database, by SQLAlchemy
    HTTP = "http"  # a JSON API, described in the programme
    OPENDSR = "opendsr"  # a processor that speaks OpenDSR
    MANUAL = "manual"  # nothing but a person, with a form


class Strategy(StrEnum):
    """What an erasure does with a field; `delete_row` is a table's, the others a field's."""

    DELETE_ROW = "delete_row"
    NULL = "null"
    CONSTANT = "constant"
    #: For a statute, until a date; restricted meanwhile.
    KEEP = "keep"
    #: Pseudonymised, not erased (Art. 4(5)); reported as that.
    HASH = "hash"
    MASK = "mask"

    @property
    def erases(self) -> bool:
        """Whether nothing about the person is left in the field afterwards."""
        return self in {Strategy.DELETE_ROW, Strategy.NULL, Strategy.CONSTANT}


class Direction(StrEnum):
    """Which way a reference is followed, as in Fideslang: `from` there to here, `to` there from here."""

    FROM = "from"
    TO = "to"


@dataclass(frozen=True, order=True)
class Place:
    """A field somewhere in the data map."""

    data_set: str
    table: str
    #: Nested fields with dots.
    field: str

    def __str__(self) -> str:
        return f"{self.data_set}.{self.table}.{self.field}"

    @classmethod
    def named(cls, text: str) -> Place:
        """Read `data set.table.field`; the field may have dots itself. Raises ValueError."""
        data_set, table, field_name = text.split(".", 2)
        return cls(data_set, table, field_name)


@dataclass(frozen=True)
class Reference:
    """A field holds the same values as another field."""

    place: Place
    #: None where it may be followed both ways.
    direction: Direction | None


@dataclass(frozen=True)
class Keeping:
    """Why a value outlives an erasure, and from where its time counts."""

    #: A retention rule of the programme: its period and statute.
    rule: str
    #: The field of the same row, a day or time, from which it counts; None where it counts from the erasure.
    counted_from: str | None


@dataclass(frozen=True)
class DataField:
    """One column, or one member of a JSON object."""

    name: str
    description: str | None = None
    #: Codes of `data_categories`; Fideslang keys (user.contact.email) are kept as they are written.
    categories: tuple[str, ...] = ()
    #: The contact kind (`email`) or identifier type (`customer_id`) that the values are of.
    identity: str | None = None
    #: Whether a value found here is surely another identifier of the same person, and is searched for elsewhere.
    same_person: bool = False
    primary_key: bool = False
    references: tuple[Reference, ...] = ()
    #: `string`, `integer`, ...; None where the map does not say.
    data_type: str | None = None
    #: The longest value that fits, in characters.
    length: int | None = None
    #: None where the table's decides.
    on_erasure: Strategy | None = None
    #: What `constant` writes.
    constant: str | int | None = None
    keeping: Keeping | None = None
    #: Provided by the person or observed of them (Art. 20(1)), not inferred.
    provided: bool = True
    #: About somebody else too: a person reviews it before it is handed out (Art. 15(4)).
    third_party: bool = False
    #: Whether it is left out of packages: technical, and no personal data.
    hidden: bool = False
    #: Which of the person's data this is, for rectification: `name`, `email`, ...; None where it is not corrected.
    corrected_as: str | None = None
    #: Which moments of a retention rule's trigger it holds (`RetentionTrigger`).
    moments: tuple[RetentionTrigger, ...] = ()
    fields: tuple[DataField, ...] = ()
    #: What stands in it, as people are told, by locale; empty where nobody translated the description.
    descriptions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Table:
    """One table, or one kind of object of an API (Fideslang: collection)."""

    name: str
    description: str | None
    fields: tuple[DataField, ...]
    #: What happens to a row of the person; None where each field says for itself.
    on_erasure: Strategy | None
    keeping: Keeping | None
    #: Tables of the same data set whose rows go first, besides those that references tell.
    erase_after: tuple[str, ...] = ()
    #: The field that marks a row as restricted (Art. 18), and the value that it then has.
    restricted_field: str | None = None
    restricted_value: str | int | bool | None = None
    #: Purposes that its data serve; none where the data set's apply.
    purposes: tuple[str, ...] = ()
    #: As of a field.
    descriptions: Mapping[str, str] = field(default_factory=dict, hash=False)

    def field(self, name: str) -> DataField:
        """The field of that name, with dots where it is nested; raises KeyError."""
        return self._by_name[name]

    def walk(self) -> Iterable[tuple[str, DataField]]:
        """Every field with its name, nested ones after their parent."""
        return self._by_name.items()

    @cached_property
    def _by_name(self) -> Mapping[str, DataField]:
        # Walked many times for each request that is executed.
        return dict(_walk("", self.fields))

    @cached_property
    def primary_key(self) -> tuple[str, ...]:
        """The names of the fields that tell rows apart; empty where the map does not say."""
        return tuple(name for name, one in self.walk() if one.primary_key)


def _walk(prefix: str, fields: tuple[DataField, ...]) -> Iterator[tuple[str, DataField]]:
    for one in fields:
        yield prefix + one.name, one
        yield from _walk(f"{prefix}{one.name}.", one.fields)


@dataclass(frozen=True)
class DataSet:
    """The tables of one system (Fideslang: dataset)."""

    code: str
    name: str
    description: str | None
    tables: Mapping[str, Table]
    #: Tables that are known and hold nobody's data, or that others look after: never asked.
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class System:
    """Something that holds personal data, ours or a processor's."""

    code: str
    names: Mapping[str, str]
    connector: ConnectorKind
    controllers: tuple[str, ...]
    #: The processor who runs it; None where the controller does.
    processor: str | None
    data_sets: tuple[str, ...]
    purposes: tuple[str, ...]
    #: For `http`: the description of the API; for `opendsr`: its domain; for `manual`: who does it and until when.
    settings: Mapping[str, Any] = field(repr=False)
