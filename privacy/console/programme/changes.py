"""The difference between two programmes for people: what is added, changed and removed, by a word and a sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.support import LazyProxy

from privacy.console.programme import words
from privacy.pages.languages import lazy_gettext
from privacy.programme.service import Change, Verb

#: What happens in a word, the sign of a plan, and the kind of `state` of the macros.
_VERBS: Mapping[Verb, tuple[LazyProxy, str, str]] = {
    Verb.ADD: (lazy_gettext("added"), "+", "yes"),
    Verb.CHANGE: (lazy_gettext("changed"), "~", "wait"),
    Verb.REMOVE: (lazy_gettext("removed"), "−", "late"),
}


@dataclass(frozen=True)
class ShownField:
    """A field before and after, as the file spells it; None where it was or is not there."""

    label: str
    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class ShownChange:
    """One object that differs."""

    verb: LazyProxy
    sign: str
    kind: str
    section: LazyProxy
    #: Such as `purposes.offers`.
    path: str
    fields: Sequence[ShownField]


def shown_changes(changes: Iterable[Change], *, brief: bool = False) -> list[ShownChange]:
    """Each change with the fields that differ; `brief`: without those of what is new as a whole."""
    return [_shown(change, brief=brief and change.verb is Verb.ADD) for change in changes]


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many objects are added, changed, removed."""
    verbs = [change.verb for change in changes]
    return {verb.value: verbs.count(verb) for verb in Verb}


def _shown(change: Change, *, brief: bool) -> ShownChange:
    verb, sign, kind = _VERBS[change.verb]
    old, new = change.old or {}, change.new or {}
    fields = [
        ShownField(str(words.FIELDS.get(name, name)), name, _written(old.get(name)), _written(new.get(name)))
        for name in change.fields
        if not brief and (old.get(name) or new.get(name))
    ]
    return ShownChange(verb, sign, kind, words.SECTIONS[change.section], change.path, fields)


def _written(value: Any, depth: int = 0) -> str | None:
    """As it stands in the file, a line for each part."""
    if value is None or value in ({}, []):
        return None
    edge = "  " * depth
    if isinstance(value, Mapping):
        parts = ((name, _written(one, depth + 1)) for name, one in value.items())
        return "\n".join(_part(edge, name, text) for name, text in parts if text is not None)
    if isinstance(value, list):
        return "\n".join(f"{edge}- {(_written(one, depth + 1) or '').lstrip()}" for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _part(edge: str, name: str, text: str) -> str:
    return f"{edge}{name}:\n{text}" if "\n" in text else f"{edge}{name}: {text.lstrip()}"
