"""What a plan shows, and what may not change in a published text. No database."""

from __future__ import annotations

from datetime import date

import pytest

from privacy.programme.diff import Change, Verb, compare, refusals
from privacy.programme.reader import read
from tests.programme.documents import HISTORICAL, SMALL, historical, small, small_with

TODAY = date(2026, 11, 21)
NEWS_1 = 'version: "1", valid_from: 2021-01-01, purposes: [newsletter], texts: {pl: Zgadzam się}'


def _changes(*edits: tuple[str, str]) -> tuple[Change, ...]:
    return compare(read(SMALL).content, read(small(*edits)).content)


def test_the_first_programme_adds_everything() -> None:
    changes = compare(None, read(SMALL).content)
    assert {change.verb for change in changes} == {Verb.ADD}
    assert {"jurisdiction", "controllers.shop", "wordings.news@2"} <= {change.path for change in changes}


def test_the_same_programme_changes_nothing_in_whatever_order() -> None:
    shop, club = SMALL.splitlines(keepends=True)[6:8]
    assert _changes((shop + club, club + shop)) == ()


def test_a_changed_field_is_shown_with_its_old_and_new_value() -> None:
    (change,) = _changes(("validity: P36M", "validity: P24M"))
    assert list(change.lines()) == ["~ purposes.newsletter", "    validity: P36M -> P24M"]
    assert change.as_json()["path"] == "purposes.newsletter"
    assert (change.as_json()["old"]["validity"], change.as_json()["new"]["validity"]) == ("P36M", "P24M")


def test_a_field_that_is_left_out_is_no_change() -> None:
    assert _changes(("    double_opt_in: true\n", "    double_opt_in: true\n    explicit: false\n")) == ()


def test_a_renamed_object_is_one_removed_and_one_added() -> None:
    changes = _changes(("code: issue", "code: edition"))
    assert [next(change.lines()) for change in changes] == ["+ message_types.edition", "- message_types.issue"]


def test_a_long_value_is_cut() -> None:
    (change,) = _changes(("szyfrowanie", "s" * 500))
    assert max(map(len, change.lines())) < 200


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (("Zgadzam się na newsletter", "Zgadzam się na wszystko"), "wordings.news@2 is published: texts cannot change"),
        (("texts: {pl: Informujemy}", "texts: {pl: Inaczej}"), "notices.info@1 is published: texts"),
        (("fresh_consent_after: 2027-01-01", "fresh_consent_after: 2027-02-01"), "fresh_consent_after cannot change"),
        (
            (NEWS_1, NEWS_1.replace("2021-01-01", "2021-01-01, valid_until: 2026-11-20")),
            "cannot be earlier than 2026-11-21",
        ),
        (('code: news, version: "1"', 'code: news, version: "0"'), "wordings.news@1 is published and stays"),
    ],
)
def test_a_published_version_cannot_be_edited(edit: tuple[str, str], reason: str) -> None:
    # The supersession names the version that the last case removes.
    also = [('supersedes: ["1"]', 'supersedes: ["0"]')] if '"0"' in edit[1] else []
    assert any(reason in text for text in refusals(_changes(edit, *also), TODAY))


@pytest.mark.parametrize("end", ["2026-11-21", "2030-01-01"])
def test_an_open_version_may_be_closed_from_today_on(end: str) -> None:
    changes = _changes((NEWS_1, NEWS_1.replace("2021-01-01", f"2021-01-01, valid_until: {end}")))
    assert refusals(changes, TODAY) == ()


@pytest.mark.parametrize("after", ["2028-01-01", None])
def test_a_closed_version_stays_closed(after: str | None) -> None:
    closed = small((NEWS_1, NEWS_1.replace("2021-01-01", "2021-01-01, valid_until: 2027-01-01")))
    later = closed.replace("valid_until: 2027-01-01", f"valid_until: {after}") if after else SMALL
    changes = compare(read(closed).content, read(later).content)
    assert "closed" in refusals(changes, TODAY)[0]


def test_a_new_version_and_other_changes_are_free() -> None:
    third = '  - {code: news, version: "3", valid_from: 2026-12-01, purposes: [newsletter], texts: {pl: Tak}}\nnotices:'
    changes = _changes(("notices:", third), ("KC 118", "KC 117"), ("code: issue", "code: edition"))
    assert refusals(changes, TODAY) == ()


def test_what_a_published_wording_stands_for_stays_as_it_is() -> None:
    old = small_with(HISTORICAL)
    more = small_with(historical(('"RODO 1"]', '"RODO 1", "RODO 2"]')))
    (reason,) = refusals(compare(read(old).content, read(more).content), TODAY)
    assert "wordings.news@0.2 is published" in reason
    assert "another version with a historical block of its own" in reason


def test_a_published_wording_does_not_become_historical() -> None:
    closed = NEWS_1.replace("2021-01-01", "2021-01-01, valid_until: 2025-12-31")
    attested = closed.replace(", texts", ", historical: {attested_by: Ewa Lis, attested_on: 2026-11-20}, texts")
    changes = compare(read(small((NEWS_1, closed))).content, read(small((NEWS_1, attested))).content)
    assert "historical block of its own" in refusals(changes, TODAY)[0]
