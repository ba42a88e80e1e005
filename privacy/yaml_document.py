"""Strict YAML: one document of mappings, lists and scalars by the 1.2 core rules, with the line of everything.

For every file that people write: the programme, import profiles. `NO` is Norway and `on` a string; there are no dates,
objects, tags or merge keys. Size, depth, aliases and the number of values they expand to are bounded, so that no file
can cost more than it is long.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import yaml

from privacy.errors import InvalidInput

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_ALIASES = 50
#: After expansion of aliases: 50 nested ones could otherwise stand for many millions.
MAX_VALUES = 100_000

Path = tuple[str | int, ...]

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file: where it is, what is wrong, what would be right."""

    line: int
    path: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"line {self.line}: {place}{self.wrong} {self.mend}"


class FileInvalid(InvalidInput):
    """The file has mistakes."""

    code = "file-invalid"
    #: What a message calls a file whose name is not given.
    subject: ClassVar[str] = "The file"

    def __init__(self, problems: Sequence[Problem], *, file: str | None = None) -> None:
        self.problems = tuple(sorted(set(problems)))
        errors: dict[str, list[str]] = {}
        for problem in self.problems:
            text = f"line {problem.line}: {problem.wrong} {problem.mend}"
            errors.setdefault(problem.path or "file", []).append(text)
        count = len(self.problems)
        heading = f"{file or self.subject} has {count} mistake{'s' if count > 1 else ''}. Nothing was changed."
        super().__init__("\n".join([heading, *map(str, self.problems)]), errors=errors)


@dataclass(frozen=True)
class OddNumber:
    """A number with a fraction, exponent, plus sign or leading zero, as written.

    No field takes one. What was meant is text, a version such as 2.0 or a phone number, and needs quotes.
    """

    text: str


@dataclass
class _Node:
    line: int
    value: Any
    #: How many values it holds, itself included and aliases expanded.
    size: int = 1


@dataclass(frozen=True)
class YamlDocument:
    """Plain values, the line of each, and the duplicate keys met on the way."""

    content: Any
    lines: dict[Path, int]
    duplicates: tuple[Problem, ...]
    #: The names of the files that parts came from, where they did not all come from one.
    sources: Mapping[Path, str] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest thing around it that the file has."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def source(self, path: Path) -> str | None:
        """The file in which the place is, where it is another than the rest's."""
        return next((name for part, name in self.sources.items() if path[: len(part)] == part), None)


def load_file(path: pathlib.Path) -> YamlDocument:
    """Read the one YAML document of a file; raises `FileInvalid`, with the file's name, where it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError:
        unreadable = Problem(1, "", "The file cannot be opened.", "Check that it is there and may be read.")
        raise FileInvalid([unreadable], file=path.name) from None
    try:
        return load(raw)
    except FileInvalid as error:
        raise FileInvalid(error.problems, file=path.name) from None


def load(text: str | bytes) -> YamlDocument:
    """Read one YAML document; raises `FileInvalid` where it cannot be read at all."""
    composer = _Composer(_decoded(text))
    root = composer.compose()
    lines: dict[Path, int] = {}
    return YamlDocument(_plain(root, (), lines), lines, tuple(composer.duplicates))


def _decoded(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise _fatal(1, "The file is too long.", f"At most {MAX_BYTES:,} bytes are read.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _fatal(line, "This is not UTF-8.", "Save the file as UTF-8.") from None


def _fatal(line: int, wrong: str, mend: str) -> FileInvalid:
    return FileInvalid([Problem(line, "", wrong, mend)])


def _plain(node: _Node, path: Path, lines: dict[Path, int]) -> Any:
    lines.setdefault(path, node.line)
    if isinstance(node.value, dict):
        for key, (line, _) in node.value.items():
            lines[(*path, key)] = line
        return {key: _plain(child, (*path, key), lines) for key, (_, child) in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child, (*path, index), lines) for index, child in enumerate(node.value)]
    return node.value


@dataclass
class _Composer:
    text: str
    duplicates: list[Problem] = field(default_factory=list)
    anchors: dict[str, _Node] = field(default_factory=dict)
    aliases: int = 0

    def compose(self) -> _Node:
        """The tree of the only document."""
        try:
            events = iter(yaml.parse(self.text, Loader=yaml.CSafeLoader))
            root = self._root(events)
            if not isinstance(next(events), yaml.StreamEndEvent):
                raise _fatal(1, "There is more than one document.", "Keep one; remove the other '---'.")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            problem = getattr(error, "problem", None) or "unreadable"
            line = mark.line + 1 if mark else 1
            raise _fatal(line, f"This is not YAML: {problem}.", "Check indentation, quotes and colons.") from None
        return root

    def _root(self, events: Iterator[Any]) -> _Node:
        next(events)  # the start of the stream
        if isinstance(next(events), yaml.StreamEndEvent):
            raise _fatal(1, "The file is empty.", "Put one document into it.")
        root = self._node(next(events), events, 1)
        next(events)  # the end of the document
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Node:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, line)
        if event.tag is not None:
            raise _fatal(line, "Tags are not read.", "Write the value without its '!' tag.")
        if depth > MAX_DEPTH:
            raise _fatal(line, "This is nested too deeply.", f"At most {MAX_DEPTH} levels are read.")
        if isinstance(event, yaml.ScalarEvent):
            node = _Node(line, _scalar(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(line, events, depth)
        else:
            node = self._mapping(line, events, depth)
        if node.size > MAX_VALUES:
            raise _fatal(line, "This holds too many values.", f"At most {MAX_VALUES:,} are read, aliases expanded.")
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: Any, line: int) -> _Node:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise _fatal(line, "There are too many aliases.", f"At most {MAX_ALIASES} are read; write the values out.")
        if event.anchor not in self.anchors:
            raise _fatal(
                line, "This alias names no anchor above it.", "Define the anchor first, or write the value out."
            )
        target = self.anchors[event.anchor]
        return _Node(line, target.value, target.size)

    def _sequence(self, line: int, events: Iterator[Any], depth: int) -> _Node:
        node = _Node(line, [])
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            child = self._node(event, events, depth + 1)
            node.value.append(child)
            node.size += child.size
        return node

    def _mapping(self, line: int, events: Iterator[Any], depth: int) -> _Node:
        node = _Node(line, {})
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key_line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise _fatal(key_line, "A key must be plain text.", "Write a word before the colon.")
            child = self._node(next(events), events, depth + 1)
            if event.value in node.value:
                first = node.value[event.value][0]
                wrong = f"The key {event.value[:60]!r} is given twice; the first is on line {first}."
                self.duplicates.append(Problem(key_line, "", wrong, "Keep one of them."))
                continue
            node.value[event.value] = (key_line, child)
            node.size += child.size
        return node


def _scalar(event: Any) -> str | int | bool | OddNumber | None:
    text: str = event.value
    return text if event.style in {"'", '"', "|", ">"} else plain_scalar(text)


def plain_scalar(text: str) -> str | int | bool | OddNumber | None:
    """What a scalar without quotes means."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return bool(_TRUE.fullmatch(text))
    if _WHOLE.fullmatch(text):
        return int(text)
    return OddNumber(text) if _NUMBER.fullmatch(text) else text
