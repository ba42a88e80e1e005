"""Small programmes, tables and rules for what is decided about rows."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from privacy.programme import service as programmes
from privacy.programme.build import build
from privacy.programme.data_map import ConnectorKind, DataField, System, Table
from privacy.programme.types import Covered, Programme, RetentionRule, RetentionTrigger
from tests.programme.documents import SMALL

ZONE = ZoneInfo("Europe/Warsaw")


@functools.lru_cache(maxsize=1)
def a_programme() -> Programme:
    """The smallest whole one."""
    return build(programmes.read(SMALL).content, number=1, applied_at=0, sha256="")


def with_rules(*rules: RetentionRule) -> Programme:
    """That one with just these rules."""
    return replace(a_programme(), retention_rules={rule.code: rule for rule in rules})


def a_rule(
    code: str, period: str | None, trigger: RetentionTrigger, *, covers: Covered | None = None, **more: Any
) -> RetentionRule:
    return RetentionRule(
        code, period, {"pl": "od"}, f"statute of {code}", trigger=trigger, covers=covers or Covered(), **more
    )


def a_field(name: str, **more: Any) -> DataField:
    return DataField(name=name, **more)


def a_table(*fields: DataField, on_erasure: Any = None, keeping: Any = None, **more: Any) -> Table:
    return Table("t", None, (DataField("id", primary_key=True), *fields), on_erasure, keeping, **more)


def a_system() -> System:
    return System("shop", {"pl": "Sklep"}, ConnectorKind.SQL, ("shop",), None, ("d",), ("newsletter",), {})
