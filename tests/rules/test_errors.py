"""Every error: a code of its own, a docstring for a title, a line in the manual."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from privacy.errors import PrivacyError
from tests.rules import error_catalogue


def test_every_code_belongs_to_one_class() -> None:
    codes = Counter(cls.code for cls in error_catalogue.classes())
    assert [code for code, count in codes.items() if count > 1] == []


@pytest.mark.parametrize("cls", error_catalogue.classes(), ids=lambda cls: cls.__name__)
def test_every_error_says_what_it_is(cls: type[PrivacyError]) -> None:
    assert "code" in vars(cls), "a subclass has a code of its own"
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", cls.code)
    assert cls.__doc__
    assert cls.title().endswith(".")


def test_the_manual_lists_every_error_as_it_is() -> None:
    page = error_catalogue.PAGE.read_text()
    table = page.split(error_catalogue.BEGIN)[1].split(error_catalogue.END)[0]
    assert table == error_catalogue.render(), "run: python -m tests.rules.error_catalogue"
