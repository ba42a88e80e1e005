"""The form of `systems` and `data_sets`: Fideslang's data sets as Fides writes them, and the block `privacy` in them.

A name that Fideslang does not have is refused, not kept: a misspelt `identity` would leave a person's rows unfound. The
fields that Fideslang once had are taken, so that every file which Fides reads is read here.
"""

from __future__ import annotations

import re
from typing import Any

from privacy.programme import fideslang, kinds
from privacy.programme.checking import Checking, shown
from privacy.programme.connector_form import SETTINGS
from privacy.programme.data_map import ConnectorKind, Direction, Strategy
from privacy.programme.form import Record, record
from privacy.programme.kinds import Kind, one_of, ref, some, text, texts
from privacy.programme.vocabulary import RetentionTrigger
from privacy.yaml_document import OddNumber, Path

#: As Fideslang has it, and no longer than an object's id in the log.
_KEY = re.compile(r"[a-zA-Z0-9_.<>-]{1,64}")
_DATA_TYPE = re.compile(rf"({'|'.join(fideslang.DATA_TYPES)})(\[\])?")

#: What a table, and what a field may say of an erasure.
TABLE_STRATEGIES = (Strategy.DELETE_ROW, Strategy.KEEP)
FIELD_STRATEGIES = tuple(strategy for strategy in Strategy if strategy is not Strategy.DELETE_ROW)
#: What a system may say for all that its data sets leave open.
SYSTEM_STRATEGIES = (Strategy.DELETE_ROW, Strategy.NULL, Strategy.HASH, Strategy.MASK)


class _WithStrategy(Record):
    """A block that says what an erasure does: `on_erasure: null` without quotes means the strategy of that name."""

    def __call__(self, checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
        """The block, with the strategy as a word."""
        if isinstance(value, dict) and "on_erasure" in value and value["on_erasure"] is None:
            value = {**value, "on_erasure": Strategy.NULL.value}
        return super().__call__(checking, path, value)


def _sparse(*fields: tuple[str, Kind]) -> list[tuple[str, Kind, Any, bool]]:
    """Fields that a file may leave out, and that the document then lacks too."""
    return [(name, kind, None, True) for name, kind in fields]


def key(checking: Checking, path: Path, value: Any) -> str | None:
    """A key of Fideslang's."""
    words = text(checking, path, value)
    if words is None or _KEY.fullmatch(words):
        return words
    mend = "Use letters, digits, '_', '.', '-', '<' and '>', at most 64 characters."
    checking.wrong(path, f"{shown(words)} has the wrong form.", mend)
    return None


def _data_type(checking: Checking, path: Path, value: Any) -> str | None:
    words = text(checking, path, value)
    if words is None or _DATA_TYPE.fullmatch(words):
        return words
    checking.unknown(path, words, fideslang.DATA_TYPES, "data type of Fideslang")
    return None


def _anything(checking: Checking, path: Path, value: Any) -> Any:
    """Whatever somebody notes for themselves. A fraction stays as it is written: the document has no such numbers."""
    if isinstance(value, OddNumber):
        return value.text
    if isinstance(value, dict):
        return {name: _anything(checking, (*path, name), one) for name, one in value.items()}
    if isinstance(value, list):
        return [_anything(checking, (*path, index), one) for index, one in enumerate(value)]
    return value


def _scalar(checking: Checking, path: Path, value: Any) -> str | int | bool | None:
    if isinstance(value, str | int):
        return value
    checking.wrong(path, "This is no single value.", "Write a text, a whole number, true or false.")
    return None


def _constant(checking: Checking, path: Path, value: Any) -> str | int | None:
    if isinstance(value, bool):
        checking.wrong(path, f"{shown(value)} is neither text nor a number.", "Write a text or a whole number.")
        return None
    return _scalar(checking, path, value)


def _strategy(strategies: tuple[Strategy, ...]) -> Kind:
    def check(checking: Checking, path: Path, value: Any) -> str | None:
        if value in strategies:
            return str(value)
        checking.unknown(path, str(value), [one.value for one in strategies], "strategy here")
        return None

    return check


def _with_strategy(*fields: tuple[str, Kind, Any, bool]) -> Record:
    return _WithStrategy(record(*fields).fields)


_KEEP = record(("rule", ref("retention_rules", "retention rule")), *_sparse(("counted_from", text)))
_REFERENCE = record(("dataset", key), ("field", text), *_sparse(("direction", one_of(Direction))))
_MASKING = record(("strategy", text), *_sparse(("configuration", _anything)))

_FIELD_META = record(
    *_sparse(
        ("references", some(_REFERENCE)),
        ("identity", text),
        ("primary_key", kinds.boolean),
        ("data_type", _data_type),
        ("length", kinds.whole(1, 1_000_000_000)),
        ("return_all_elements", kinds.boolean),
        ("read_only", kinds.boolean),
        ("custom_request_field", text),
        ("masking_strategy_override", _MASKING),
        ("redact", kinds.exactly("name")),
    )
)
_FIELD_PRIVACY = _with_strategy(
    *_sparse(
        ("on_erasure", _strategy(FIELD_STRATEGIES)),
        ("constant", _constant),
        ("keep", _KEEP),
        ("same_person", kinds.boolean),
        ("provided", kinds.boolean),
        ("third_party", kinds.boolean),
        ("hidden", kinds.boolean),
        ("corrected_as", kinds.code),
        ("moments", some(one_of(RetentionTrigger), least=1)),
        ("descriptions", texts),
    )
)


def _fields(checking: Checking, path: Path, value: Any) -> list[Any] | None:
    """A field's own fields have its form, as deep as the file goes."""
    found: list[Any] | None = some(_FIELD)(checking, path, value)
    return found


_CATEGORIES = some(key)
#: What Fideslang had of every part until its second version.
_ONCE = (("data_qualifier", kinds.as_written),)
_FIELD = record(
    ("name", text),
    *_sparse(
        ("description", kinds.as_written),
        ("data_categories", _CATEGORIES),
        *_ONCE,
        ("fides_meta", _FIELD_META),
        ("fidesops_meta", _FIELD_META),
        ("privacy", _FIELD_PRIVACY),
        ("fields", _fields),
    ),
)

_TABLE_META = record(
    *_sparse(
        ("after", some(text)),
        ("erase_after", some(text)),
        ("skip_processing", kinds.boolean),
        ("masking_strategy_override", _MASKING),
        ("partitioning", _anything),
        ("redact", kinds.exactly("name")),
    )
)
_TABLE_PRIVACY = _with_strategy(
    *_sparse(
        ("on_erasure", _strategy(TABLE_STRATEGIES)),
        ("keep", _KEEP),
        ("restricted_field", text),
        ("restricted_value", _scalar),
        ("purposes", some(ref("purposes", "purpose"))),
        ("descriptions", texts),
    )
)
_TABLE = record(
    ("name", text),
    *_sparse(
        ("description", kinds.as_written),
        ("data_categories", _CATEGORIES),
        *_ONCE,
        ("fides_meta", _TABLE_META),
        ("fidesops_meta", _TABLE_META),
        ("privacy", _TABLE_PRIVACY),
    ),
    ("fields", some(_FIELD)),
)

_DATA_SET_META = record(
    *_sparse(("resource_id", text), ("after", some(key)), ("namespace", _anything), ("redact", kinds.exactly("name")))
)
DATA_SET = record(
    ("fides_key", key),
    *_sparse(
        ("organization_fides_key", key),
        ("tags", some(text)),
        ("name", kinds.as_written),
        ("description", kinds.as_written),
        ("meta", _anything),
        ("data_categories", _CATEGORIES),
        *_ONCE,
        ("joint_controller", _anything),
        ("retention", kinds.as_written),
        ("third_country_transfers", some(text)),
        ("fides_meta", _DATA_SET_META),
        ("fidesops_meta", _DATA_SET_META),
        ("fidesctl_meta", _DATA_SET_META),
    ),
    ("collections", some(_TABLE)),
)


class _SystemForm(_WithStrategy):
    """A system, whose settings have the form that its connector asks for."""

    def __call__(self, checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
        """The system with its settings filled in."""
        read = super().__call__(checking, path, value)
        if read is None or read["connector"] is None:
            return read
        return {**read, "settings": _settings(checking, (*path, "settings"), read)}


def _settings(checking: Checking, path: Path, system: dict[str, Any]) -> Any:
    form = SETTINGS.get(ConnectorKind(system["connector"]))
    if form is not None:
        return form(checking, path, system["settings"])
    for name in system["settings"] if isinstance(system["settings"], dict) else ():
        mend = "Remove it. How it is reached is a secret: privacy systems connect."
        checking.wrong((*path, name), f"The connector {system['connector']} has no settings.", mend)
    return {}


SYSTEM = _SystemForm(
    record(
        ("code", kinds.code),
        ("names", texts),
        ("connector", one_of(ConnectorKind)),
        ("controllers", some(ref("controllers", "controller"), least=1)),
        ("processor", ref("processors", "processor"), None),
        ("data_sets", some(ref("data_sets", "data set")), []),
        ("purposes", some(ref("purposes", "purpose")), []),
        ("settings", _anything, {}),
        ("on_erasure", _strategy(SYSTEM_STRATEGIES), None, True),
    ).fields
)
