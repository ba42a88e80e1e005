"""ENISA's severity score: every worked example of the document's cells, exact, with its flags, and no advice."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.breach import enisa, shown
from privacy.breach.enisa import (
    BASES,
    Availability,
    Category,
    Confidentiality,
    Ease,
    Inputs,
    Integrity,
    Level,
    Scored,
    severity,
)

_C, _E, _I, _A = Confidentiality, Ease, Integrity, Availability


def _scored(category: Category, adjusted: int = 0) -> Scored:
    return Scored(category, adjusted, "context" if adjusted else "")


def _inputs(category: Category, adjusted: int, ease: Ease, **more: Any) -> Inputs:
    return Inputs((_scored(category, adjusted),), ease, **more)


_SIMPLE, _BEHAVIOURAL, _FINANCIAL, _SENSITIVE = Category
#: What is scored, and the score and level that were worked out by hand.
_VECTORS: dict[str, tuple[Inputs, str, Level]] = {
    "a supermarket's list at one known partner": (
        _inputs(_SIMPLE, 0, _E.SIGNIFICANT, confidentiality=_C.KNOWN),
        "1.00",
        Level.LOW,
    ),
    "a luxury seller's list on the open web": (
        _inputs(_SIMPLE, 1, _E.MAXIMUM, confidentiality=_C.UNKNOWN),
        "2.50",
        Level.MEDIUM,
    ),
    "undercover officers, hacked and leaked": (
        _inputs(_SIMPLE, 3, _E.MAXIMUM, confidentiality=_C.UNKNOWN, malicious=True),
        "5.00",
        Level.VERY_HIGH,
    ),
    "a month of purchases by alias on a lost stick": (
        _inputs(_BEHAVIOURAL, 0, _E.NEGLIGIBLE, confidentiality=_C.UNKNOWN),
        "1.00",
        Level.LOW,
    ),
    "month balances to one wrong known client": (
        _inputs(_FINANCIAL, 0, _E.MAXIMUM, confidentiality=_C.KNOWN),
        "3.25",
        Level.HIGH,
    ),
    "full card data skimmed": (
        _inputs(_FINANCIAL, 1, _E.MAXIMUM, confidentiality=_C.UNKNOWN, malicious=True),
        "5.00",
        Level.VERY_HIGH,
    ),
    "a lost laptop with test results": (
        _inputs(_SENSITIVE, 0, _E.MAXIMUM, confidentiality=_C.UNKNOWN),
        "4.50",
        Level.VERY_HIGH,
    ),
    "ransomware at a clinic, restored next day": (
        _inputs(_SENSITIVE, 0, _E.MAXIMUM, availability=_A.TEMPORARY, malicious=True),
        "4.75",
        Level.VERY_HIGH,
    ),
    "a dating site's alias addresses, hacked": (
        _inputs(_SENSITIVE, 0, _E.NEGLIGIBLE, confidentiality=_C.UNKNOWN, malicious=True),
        "2.00",
        Level.MEDIUM,
    ),
    "one week of call records to a known recipient": (
        _inputs(_BEHAVIOURAL, 0, _E.MAXIMUM, confidentiality=_C.KNOWN),
        "2.25",
        Level.MEDIUM,
    ),
    "a year of call records, internal only": (_inputs(_BEHAVIOURAL, 1, _E.MAXIMUM), "3.00", Level.HIGH),
    "the least there is": (_inputs(_SIMPLE, 0, _E.NEGLIGIBLE), "0.25", Level.LOW),
    "the most there is": (
        _inputs(
            _SENSITIVE,
            0,
            _E.MAXIMUM,
            confidentiality=_C.UNKNOWN,
            integrity=_I.UNRECOVERABLE,
            availability=_A.PERMANENT,
            malicious=True,
        ),
        "6.00",
        Level.VERY_HIGH,
    ),
    "balances altered, recoverable": (
        _inputs(_FINANCIAL, 0, _E.SIGNIFICANT, integrity=_I.RECOVERABLE),
        "2.50",
        Level.MEDIUM,
    ),
}


@pytest.mark.parametrize("name", _VECTORS)
def test_a_worked_example_has_its_score_and_level(name: str) -> None:
    inputs, se, level = _VECTORS[name]
    found = severity(inputs)
    assert (enisa.decimal(found.se), found.level) == (se, level)


#: The cells of the document: examples of each class, from its least to its most.
_CELLS = {
    _SIMPLE: {"supermarket": (0, 1), "luxury": (1, 2), "adult shop": (2, 3), "undercover": (3, 4)},
    _BEHAVIOURAL: {"helpdesk calls": (-1, 1), "a week": (0, 2), "a year": (1, 3), "psychological support": (2, 4)},
    _FINANCIAL: {"letter": (-2, 1), "one day": (-1, 2), "month balances": (0, 3), "year statements": (1, 4)},
    _SENSITIVE: {"a test was done": (-3, 1), "ER": (-2, 2), "specific disease": (-1, 3), "results": (0, 4)},
}


@pytest.mark.parametrize(
    ("category", "adjusted", "points"), [(c, *cell) for c, cells in _CELLS.items() for cell in cells.values()]
)
def test_a_cell_of_the_document_has_its_points(category: Category, adjusted: int, points: int) -> None:
    assert _scored(category, adjusted).points == points


def test_of_several_classes_the_highest_counts() -> None:
    several = Inputs((_scored(_SIMPLE), _scored(_SENSITIVE, -1), _scored(_BEHAVIOURAL)), _E.MAXIMUM)
    assert severity(several).dpc == 3


def test_volume_and_encryption_are_told_beside_the_score_and_weigh_nothing() -> None:
    plain = severity(_inputs(_SENSITIVE, 0, _E.MAXIMUM, persons=100))
    flagged = severity(_inputs(_SENSITIVE, 0, _E.MAXIMUM, persons=101, unintelligible=True))
    assert (plain.many_persons, plain.unintelligible) == (False, False)
    assert (flagged.many_persons, flagged.unintelligible) == (True, True)
    assert plain.se == flagged.se
    assert not severity(_inputs(_SIMPLE, 0, _E.LIMITED)).many_persons


@pytest.mark.parametrize("category", list(Category))
def test_an_adjustment_that_the_method_does_not_know_is_refused(category: Category) -> None:
    _, least, most = BASES[category]
    for adjusted in (least - 1, most + 1):
        with pytest.raises(ValueError, match="is adjusted by"):
            _scored(category, adjusted)


def test_an_adjustment_wants_its_reason() -> None:
    with pytest.raises(ValueError, match="say why"):
        Scored(_SIMPLE, 1, "  ")


_INPUTS = st.builds(
    Inputs,
    st.lists(
        st.sampled_from(list(Category)).flatmap(
            lambda c: st.integers(*BASES[c][1:]).map(lambda adjusted: _scored(c, adjusted))
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    st.sampled_from(list(Ease)),
    st.sampled_from(list(Confidentiality)),
    st.sampled_from(list(Integrity)),
    st.sampled_from(list(Availability)),
    st.booleans(),
    st.none() | st.integers(0, 1_000_000),
    st.booleans(),
)


@given(_INPUTS)
def test_the_score_is_exact_and_every_input_is_kept(inputs: Inputs) -> None:
    found = severity(inputs)
    assert Fraction(1, 4) <= found.se <= 6
    assert Fraction(enisa.decimal(found.se)) == found.se == found.dpc * found.ei + found.cb
    assert found.level is list(Level)[max(0, min(3, found.se.__floor__() - 1))]
    raw = msgspec.json.encode(inputs)
    assert msgspec.json.decode(raw, type=Inputs) == inputs
    told = msgspec.json.decode(msgspec.json.encode(shown.severity(inputs)))
    assert not any(isinstance(value, float) for value in told.values())


@pytest.mark.parametrize("name", _VECTORS)
def test_it_never_says_that_nobody_need_be_told(name: str) -> None:
    told = msgspec.to_builtins(shown.severity(_VECTORS[name][0]))
    assert set(told) == {"se", "dpc", "ei", "cb", "level", "many_persons", "unintelligible"}


def test_a_value_that_is_no_hundredth_is_not_rounded() -> None:
    with pytest.raises(ValueError, match="hundredth"):
        enisa.decimal(Fraction(1, 3))
