"""What a programme of several languages says in one only is told whenever it is planned or applied."""

from __future__ import annotations

from flask import Flask

from privacy.programme import service as programmes
from privacy.programme.reader import read
from tests.programme.data_maps import DATA_SETS, SYSTEMS
from tests.programme.documents import EXAMPLE, SMALL


def _bilingual() -> str:
    text = (SMALL + SYSTEMS + DATA_SETS).replace("locales: [pl]", "locales: [pl, en]")
    return "\n".join(_in_both(line) for line in text.split("\n"))


def _in_both(line: str) -> str:
    before, brace, rest = line.partition("{pl: ")
    if not brace:
        return line
    words, _, after = rest.partition("}")
    return f"{before}{{pl: {words}, en: {words}}}{after}"


def test_tables_and_safeguards_without_a_translation_are_told(context: Flask) -> None:
    text = _bilingual().replace("service: s,", "service: s, safeguard: SCC,")
    planned = programmes.plan(read(text))
    assert "processors.host.safeguard: write it by locale" in planned.untranslated
    assert "data_sets.shop.customer: write privacy.descriptions in each language" in planned.untranslated
    assert f"In one language only: {planned.untranslated[0]}" in planned.lines()
    one_language = programmes.plan(read(SMALL + SYSTEMS + DATA_SETS))
    assert one_language.untranslated == ()


def test_the_example_says_everything_in_its_three_languages(context: Flask) -> None:
    assert programmes.plan(read(EXAMPLE.read_bytes())).untranslated == ()
