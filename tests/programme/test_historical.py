"""Wordings of the past: what the file must say, and which of a wording's texts there are."""

from __future__ import annotations

import hashlib

import pytest

from privacy.programme.build import build
from privacy.programme.errors import NoText, ProgrammeInvalid
from privacy.programme.reader import read, write
from privacy.programme.types import Historical, Programme, Scan
from tests.programme.documents import HISTORICAL, SMALL, historical, line_of, small, small_with

ROWS_1 = '{system: crm, versions: ["?", ""], points: [www, aplikacja], from: 2016-02-01, until: 2018-04-30}'
ROWS_2 = '{system: crm, versions: ["?"], points: [sklep]}'
SCAN = f'scan: {{sha256: "{"ab" * 32}", place: "Archiwum, segregator 12"}}'
BLOCK_1 = "wordings.news@0.1.historical"
BLOCK_2 = "wordings.news@0.2.historical"

#: What is replaced, by what, the field's path, a piece of the message. Where there is a mark `⇒` its line is meant.
MISTAKES = [
    # form
    ("attested_by: Ewa Lis,", "⇒attested_bye: Ewa Lis,", f"{BLOCK_1}.attested_bye", "'attested_by'?"),
    ("      attested_by: Ewa Lis, inspektor ochrony danych\n", "", f"{BLOCK_1}.attested_by", "missing"),
    ("attested_by: Ewa Lis\n", "⇒attested_by: ''\n", f"{BLOCK_2}.attested_by", "no text"),
    ("2026-11-20\n      scan", "1.1.2020\n      scan", f"{BLOCK_2}.attested_on", "YYYY-MM-DD"),
    ('"' + "ab" * 32, '"' + "ab" * 31, f"{BLOCK_2}.scan.sha256", "64 hexadecimal digits"),
    (', place: "Archiwum, segregator 12"', "", f"{BLOCK_2}.scan.place", "missing"),
    (SCAN, "⇒scan: segregator 12", f"{BLOCK_2}.scan", "mapping is needed"),
    (ROWS_2, "⇒crm", f"{BLOCK_1}.stands_for[1]", "mapping is needed"),
    (ROWS_2, "⇒" + ROWS_2.replace("crm", "C R M"), f"{BLOCK_1}.stands_for[1].system", "import profile"),
    (ROWS_2, "⇒" + ROWS_2.replace('["?"]', "[]"), f"{BLOCK_1}.stands_for[1].versions", "too short"),
    (ROWS_2, "⇒" + ROWS_2.replace('["?"]', "[1.0]"), f"{BLOCK_1}.stands_for[1].versions[0]", 'quotes: "1.0"'),
    (ROWS_2, "⇒" + ROWS_2.replace("[sklep]", "['']"), f"{BLOCK_1}.stands_for[1].points[0]", "no text"),
    ("texts: {de: Ich stimme zu}", "⇒texts: {german: Ja}", "wordings.news@0.1.texts.german", "BCP 47"),
    ("texts: {de: Ich stimme zu}", "⇒texts: Ja", "wordings.news@0.1.texts", "by locale"),
    # contradictions
    ("    valid_until: 2018-05-24\n", "", "wordings.news@0.1.valid_until", "last day on which it was shown"),
    ("2026-11-20\n      scan", "2020-12-30\n      scan", f"{BLOCK_2}.attested_on", "Put 2020-12-31 or later"),
    ("    texts: {de: Ich stimme zu}\n", "", BLOCK_1, "neither a text nor a scan"),
    ("      " + SCAN + "\n", "", BLOCK_2, "neither a text nor a scan"),
    ("from: 2016-02-01", "from: 2015-12-31", f"{BLOCK_1}.stands_for[0].from", "not in force then"),
    ("until: 2018-04-30", "until: 2018-05-25", f"{BLOCK_1}.stands_for[0].until", "not in force then"),
    ("from: 2016-02-01", "from: 2018-05-01", f"{BLOCK_1}.stands_for[0].until", "ends before it begins"),
    ("[sklep]", "[sklep, ' WWW ']", f"{BLOCK_1}.stands_for[1]", "some of these rows too"),
    (", points: [sklep]", "", f"{BLOCK_1}.stands_for[1]", "some of these rows too"),
    ("valid_from: 2018-05-25", "valid_from: 2018-05-24", f"{BLOCK_2}.stands_for[0]", "some of these rows too"),
    ("valid_from: 2018-05-25", "valid_from: 2016-01-01", "wordings.news@0.2.valid_from", "neither is the newest"),
]


def _programme(text: str) -> Programme:
    document = read(text)
    return build(document.content, number=1, applied_at=0, sha256=document.sha256)


@pytest.mark.parametrize(("old", "new", "path", "words"), MISTAKES, ids=[f"{c[2]}: {c[3]}" for c in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_path(old: str, new: str, path: str, words: str) -> None:
    marked = small_with(historical((old, new)))
    with pytest.raises(ProgrammeInvalid) as raised:
        read(marked.replace("⇒", ""))
    found = [p for p in raised.value.problems if p.path == path and words in f"{p.wrong} {p.mend}"]
    assert found, str(raised.value)
    if "⇒" in marked:
        assert found[0].line == line_of(marked, "⇒")
    assert all(p.mend for p in raised.value.problems)


def test_the_mistake_about_the_same_rows_names_the_line_of_the_other_entry() -> None:
    text = small_with(historical((", points: [sklep]", "")))
    with pytest.raises(ProgrammeInvalid, match=f"The entry on line {line_of(text, ROWS_1)} stands for"):
        read(text)


def test_other_versions_systems_points_or_days_are_other_rows() -> None:
    read(small_with(HISTORICAL))
    read(small_with(historical((", points: [sklep]", ", from: 2018-05-01"))))
    read(small_with(historical((ROWS_2, '{system: tills, versions: ["?"]}'))))
    read(small_with(historical((ROWS_2, '{system: crm, versions: ["2"]}'))))


def test_a_wording_that_is_not_historical_still_needs_a_text_in_every_locale() -> None:
    with pytest.raises(ProgrammeInvalid, match=r"wordings\.news@2\.texts: The field is missing"):
        read(small(("    texts: {pl: Zgadzam się na newsletter}\n", "")))


def test_the_attestation_is_read_and_survives_a_round_trip() -> None:
    document = read(small_with(HISTORICAL))
    assert read(write(document)) == document
    wording = _programme(small_with(HISTORICAL)).wordings["news", "0.2"]
    assert isinstance(wording.historical, Historical)
    assert (wording.historical.attested_by, wording.scan) == ("Ewa Lis", Scan("ab" * 32, "Archiwum, segregator 12"))


def test_a_programme_without_historical_wordings_keeps_the_hash_that_it_had() -> None:
    assert all("historical" not in wording for wording in read(SMALL).content["wordings"])
    with_null = small(("    texts: {pl: Zgadzam się na n", "    historical: null\n    texts: {pl: Zgadzam się na n"))
    assert read(with_null).sha256 == read(SMALL).sha256


def test_a_text_that_is_not_there_is_answered_with_what_there_is() -> None:
    programme = _programme(small_with(HISTORICAL))
    german, scanned = programme.wordings["news", "0.1"], programme.wordings["news", "0.2"]
    assert german.text("de") == "Ich stimme zu"
    with pytest.raises(NoText, match="There is: de"):
        german.text("pl")
    with pytest.raises(NoText, match="only a scan"):
        scanned.text("pl")
    with pytest.raises(NoText, match="only a scan"):
        scanned.sha256("pl")


def test_an_act_cites_the_text_in_its_language_else_the_scan() -> None:
    programme = _programme(small_with(HISTORICAL))
    german, scanned = programme.wordings["news", "0.1"], programme.wordings["news", "0.2"]
    digest = hashlib.sha256(b"Ich stimme zu").hexdigest()
    assert (german.digest("de"), german.digest("pl"), scanned.digest("pl")) == (digest, None, "ab" * 32)
    assert german.proves(digest)
    assert scanned.proves("ab" * 32)
    assert not scanned.proves(digest)
