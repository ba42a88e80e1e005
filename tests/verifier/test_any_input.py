"""Whatever the file holds, nothing but the one verification error is raised, and nothing that was not signed passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.audit.privacy_verify import Evidence, Failed, Key, Options
from tests.sizes import size
from tests.verifier import made
from tests.verifier.made import KEY, NEW_KEY, WITNESSES, Log
from tests.verifier.tampering import EVIDENCE, as_file

LOG = Log()
OPTIONS = Options(
    [Key.parse(str(KEY.verifier), 1)],
    [Key.parse(str(one.verifier), 4) for one in WITNESSES],
    0,
    None,
    made.a_request(),
    {},
)
FILES = {
    **{name: as_file(make()) for name, make in EVIDENCE.items() if name != "bundle"},
    "bundle": LOG.bundle(),
    "package": LOG.package(),
    "rotated bundle": Log(key=NEW_KEY, endorsed_at=8).bundle(),
}
#: Pieces that parsers stumble over.
PIECES = [
    b"",
    b"\0",
    b"\xff",
    b'"',
    b"{",
    b"[" * 3_000,
    b"]",
    b",",
    b"\n",
    b"-0",
    b"1e9",
    b"9" * 5_000,
    b"null",
    b"\\ud800",
]
PIECES += [b"PK\1\2", b"PK\3\4", b"PK\5\6", "— ".encode(), b"%privacy-proof AAAA\n", b"\xef\xbb\xbf", b"true", b"{}"]


def outcome(raw: bytes, path: Path, options: Options = OPTIONS) -> bool:
    """Whether a file verifies. What it raises otherwise is the test's failure."""
    path.write_bytes(raw)
    try:
        Evidence(options).verify(path)
    except Failed:
        return False
    return True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


ENDLESS = settings(
    max_examples=size("examples") * 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"{", b"PK\3\4", b"%PDF-1.4\n%privacy-proof ", b"a\n\n\xe2\x80\x94 "]),
)
@ENDLESS
def test_any_bytes(path: Path, raw: bytes, head: bytes) -> None:
    assert not outcome(head + raw, path)


@given(st.data(), st.sampled_from(sorted(FILES)))
@ENDLESS
def test_any_change_of_bytes(path: Path, data: st.DataObject, name: str) -> None:
    raw = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 9))] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))
    outcome(bytes(raw), path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just("A" * 43 + "="),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return (
        [way, *(place for name, one in inner for place in _places(one, (*way, name)))]
        if way
        else [place for name, one in inner for place in _places(one, (name,))]
    )


@given(
    st.data(),
    st.sampled_from(
        ["inclusion", "consistency", "rotated", "grown", "proof", "document", "decision", "row", "batch", "answer"]
    ),
)
@ENDLESS
def test_any_value_in_any_place(path: Path, data: st.DataObject, name: str) -> None:
    evidence = json.loads(FILES[name])
    *way, last = data.draw(st.sampled_from(_places(evidence)))
    inner = evidence
    for part in way:
        inner = inner[part]
    inner[last] = data.draw(JSON)
    outcome(json.dumps(evidence).encode(), path)


@pytest.mark.parametrize("name", FILES)
def test_every_file_that_the_changes_start_from_verifies(path: Path, name: str) -> None:
    assert outcome(FILES[name], path)


@pytest.mark.parametrize("name", ["inclusion", "row", "decision", "rotated"])
def test_no_byte_that_matters_may_change(path: Path, name: str) -> None:
    """Every byte in turn: what still verifies says the same (a space for a space, a name of no meaning)."""
    raw = FILES[name]
    # The salt of a row says something only beside its subject.
    subject = made.a_request()["subjects"][3] if name == "row" else None
    options = OPTIONS._replace(subject=subject, request=None)
    for at in range(0, len(raw), 7):
        changed = bytearray(raw)
        changed[at] ^= 1
        if outcome(bytes(changed), path, options):
            assert json.loads(raw) == json.loads(changed), at
