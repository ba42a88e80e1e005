"""Our canonical JSON equals RFC 8785 within its profile, and refuses everything outside it."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from privacy.crypto import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20)


@given(VALUES)
def test_the_bytes_are_those_of_an_independent_encoder(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [1.0, 2**53, -(2**53), {1: "a"}, {"😀": 1}, b"x", {"a": [{1.5}]}, "\ud800", {"\ud800": 1}, float("nan")],
    ids=repr,
)
def test_a_value_outside_the_profile_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # some are UnicodeEncodeError, which is one
        canonical.encode(value)


def test_the_digest_is_sha256_over_those_bytes() -> None:
    # printf '{"a":1,"b":"ą"}' | sha256sum
    assert canonical.sha256({"b": "ą", "a": 1}) == "0a7da6cb38348862038e1956927cf367dd461ce771d6abbef7b083543a149f78"
