"""Strict YAML: the 1.2 core rules, lines, and limits that no file can get around."""

from __future__ import annotations

from pathlib import Path

import pytest

from privacy import yaml_document
from privacy.yaml_document import FileInvalid, OddNumber


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),  # Norway
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-3", -3),
        ("2.0", OddNumber("2.0")),
        ("1e3", OddNumber("1e3")),
        ("007", OddNumber("007")),
        ("+48600100200", OddNumber("+48600100200")),
        (".inf", OddNumber(".inf")),
        ("0x1F", "0x1F"),
        ("1_0", "1_0"),
        ("12:30:00", "12:30:00"),
        ("2026-01-01", "2026-01-01"),
        ("~", None),
        ("", None),
        ('"2.0"', "2.0"),
        ("'true'", "true"),
        ("'~'", "~"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(written: str, meant: object) -> None:
    assert yaml_document.load(f"key: {written}\n").content == {"key": meant}


def test_on_is_a_key_like_any_other() -> None:
    assert yaml_document.load("on: push\n").content == {"on": "push"}


def test_every_key_and_item_knows_its_line() -> None:
    document = yaml_document.load("a:\n  b: 1\n  c:\n    - x\n    - d: 2\n")
    assert document.line(("a", "b")) == 2
    assert document.line(("a", "c", 1, "d")) == 5
    assert document.line(("a", "missing", "deeper")) == 1, "the nearest thing around it"


def test_a_duplicate_key_is_told_with_both_lines() -> None:
    document = yaml_document.load("a: 1\nb: 2\na: 3\n")
    assert document.content == {"a": 1, "b": 2}
    assert [(p.line, "line 1" in p.wrong) for p in document.duplicates] == [(3, True)]


def test_an_alias_stands_for_what_its_anchor_holds() -> None:
    assert yaml_document.load("a: &x [1, 2]\nb: *x\n").content == {"a": [1, 2], "b": [1, 2]}


def _bomb() -> str:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 7)]
    return "\n".join(levels)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# nothing but a comment\n", 1, "empty"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a: 1\n\tb: 2\n", 2, "not YAML"),
        ("a: 1\n---\nb: 2\n", 1, "more than one document"),
        ("a: 1\nb: !!python/object/apply:os.system ['id']\n", 2, "Tags"),
        ("a: !!str 1\n", 1, "Tags"),
        ("a: 1\nb: *nowhere\n", 2, "no anchor"),
        ("a: &self [*self]\n", 1, "no anchor"),
        ("? [1, 2]\n: x\n", 1, "plain text"),
        ("a: &x 1\nb: [" + ", ".join(["*x"] * 51) + "]\n", 2, "too many aliases"),
        ("a: " + "[" * 20 + "]" * 20 + "\n", 1, "too deeply"),
        (_bomb(), 6, "too many values"),
        ("a: " + "x" * 1_000_000, 1, "too long"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "",
)
def test_what_cannot_be_read_at_all_says_why_and_where(text: str | bytes, line: int, words: str) -> None:
    with pytest.raises(FileInvalid) as raised:
        yaml_document.load(text)
    (problem,) = raised.value.problems
    assert (problem.line, words in problem.wrong) == (line, True), str(problem)
    assert problem.mend


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert yaml_document.load(b"\xef\xbb\xbfa: 1\n").content == {"a": 1}


def test_a_file_is_read_like_a_text(tmp_path: Path) -> None:
    path = tmp_path / "profile.yml"
    path.write_bytes("nazwa: Jarzębina\n".encode())
    assert yaml_document.load_file(path).content == {"nazwa": "Jarzębina"}


@pytest.mark.parametrize(
    ("raw", "words"), [(b"a: [1\n", "not YAML"), (b"x" * 1_000_001, "too long"), (None, "cannot be opened")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, raw: bytes | None, words: str) -> None:
    path = tmp_path / "profile.yml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(FileInvalid, match=words) as raised:
        yaml_document.load_file(path)
    assert raised.value.detail.startswith("profile.yml has 1 mistake.")
    assert str(tmp_path) not in raised.value.detail
