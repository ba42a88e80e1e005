"""What is known of a breach takes every field of the template, refuses what does not hold, and forgets on demand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.breach import option_texts_en, option_texts_hr, option_texts_pl, options, vocabulary
from privacy.breach.documents.checklist import ASKED, Need, missing, value
from privacy.breach.documents.words import words
from privacy.breach.facts import Count, Facts, decoded, encoded, merged
from privacy.breach.options import DataKind, Known, Phase
from privacy.errors import InvalidInput
from tests.breach.made_up import TOLD, facts, programme

LOCALES = ("pl", "en", "hr")
#: Word lists of the forms and of the workflow that documents print.
PRINTED = [
    *(one for one in vars(options).values() if isinstance(one, type) and issubclass(one, options.StrEnum)),
    vocabulary.State,
    vocabulary.Way,
]


def test_what_was_sealed_is_read_back() -> None:
    assert decoded(encoded(facts())) == facts()
    assert encoded(Facts()) == b"{}"


def test_a_patch_sets_fields_one_by_one_and_null_forgets() -> None:
    known = merged(facts(), {"persons": {"count": {"known": "exact", "value": 7}}, "data": {"details": None}})
    assert known.persons.count == Count(Known.EXACT, 7)
    assert known.persons.kinds == facts().persons.kinds
    assert known.data.details is None
    assert merged(known, {"data": None}).data == Facts().data


def test_a_number_is_whole() -> None:
    """A number that becomes unknown leaves no old value behind."""
    assert merged(facts(), {"persons": {"count": {"known": "unknown"}}}).persons.count == Count(Known.UNKNOWN)


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"persons": {"count": {"known": "exact"}}}, "persons.count"),
        ({"persons": {"count": {"known": "unknown", "value": 1}}}, "persons.count"),
        ({"persons": {"count": {"known": "exact", "value": -1}}}, "persons.count.value"),
        ({"persons": {"kinds": ["Anna Nowak"]}}, "persons.kinds[0]"),
        ({"persons": 5}, "persons"),
        ({"rumours": {}}, "rumours"),
        ({"data": {"secret": "x"}}, "data.secret"),
        ({"timing": {"start": "2026-10-25T02:30:00"}}, "timing.start"),
        ({"timing": {"start": "2026-11-21T00:00:00Z", "end": "2026-11-20T00:00:00Z"}}, "timing"),
        ({"telling": {"on": "Anna Nowak"}}, "telling.on"),
        ({"others": {"states": [{"country": "pol", "count": {"known": "unknown"}}]}}, "others.states[0].country"),
        ({"incident": {"description": ""}}, "incident.description"),
        ({"incident": {"description": "x" * 20_001}}, "incident.description"),
        ({"others": {"attachments": [{"name": "a", "sha256": "F" * 64}]}}, "others.attachments[0].sha256"),
    ],
)
def test_what_does_not_hold_names_the_field_and_never_the_value(patch: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        merged(Facts(), patch)
    assert list(refused.value.extensions["errors"]) == [field]
    assert "Anna" not in str(refused.value)


def test_every_field_that_is_asked_for_is_one_of_the_facts() -> None:
    for asked in ASKED:
        value(Facts(), asked.path)
    paths = {asked.path for asked in ASKED}
    fields = {
        f"{section}.{field}"
        for section in Facts.__struct_fields__
        for field in getattr(Facts(), section).__struct_fields__
    }
    # One says how a moment is printed; the other is asked for by the clock.
    assert fields - paths == {"timing.days_only", "timing.late_reasons"}
    assert len(paths) == len(ASKED)


def test_nothing_is_missing_where_everything_is_told() -> None:
    told = merged(
        facts(),
        {
            "controller": {"identifier_kind": "nip", "identifier": "0007113339"},
            "people": {"dpo_designated": True, "dpo": {"name": "Ewa Lis", "email": "iod@jarzebina.example"}},
        },
    )
    assert missing(told, Phase.COMPLETE) == ()


def test_an_initial_notification_may_leave_for_later_what_is_not_known_yet() -> None:
    lacks = missing(Facts(), Phase.INITIAL)
    assert {one.path for one in lacks if one.now} >= {
        *("incident.description", "incident.nature", "persons.count", "data.kinds", "effects.details"),
        *("response.taken", "people.reporter"),
    }
    assert "incident.cause" not in {one.path for one in lacks}
    assert any(not one.now for one in lacks)
    assert all(one.now for one in missing(Facts(), Phase.COMPLETE))
    assert {one.path for one in lacks} == {one.path for one in missing(Facts(), Phase.COMPLETE)}


@pytest.mark.parametrize(
    ("patch", "wanted"),
    [
        ({"incident": {"nature": ["integrity"]}}, "incident.altered"),
        ({"incident": {"nature": ["availability"]}}, "incident.unavailable"),
        ({"incident": {"kinds": ["other"]}}, "incident.other_kind"),
        ({"incident": {"unintelligible": "yes"}}, "incident.unintelligible_why"),
        ({"incident": {"origin": "internal"}}, "incident.cause"),
        ({"data": {"kinds": ["names", "other"]}}, "data.other_kind"),
        ({"people": {"dpo_designated": False}}, "people.contact_point"),
        ({"people": {"others_involved": True}}, "people.parties"),
        ({"timing": {"when": "range"}}, "timing.end"),
        ({"timing": {"discovered_by": "processor"}}, "timing.told_at"),
        ({"telling": {"told": "yes"}}, "telling.content"),
        ({"telling": {"told": "public_notice"}}, "telling.reasons"),
        ({"others": {"cross_border": "yes"}}, "others.states"),
        ({"others": {"police": "yes"}}, "others.police_on"),
        ({"controller": {"outside_eea": True}}, "controller.representative"),
    ],
)
def test_a_conditional_field_is_wanted_where_another_says_so(patch: dict[str, Any], wanted: str) -> None:
    assert wanted not in {one.path for one in missing(Facts(), Phase.COMPLETE)}
    assert wanted in {one.path for one in missing(merged(Facts(), patch), Phase.COMPLETE)}


def test_what_is_still_determined_is_missing_and_what_cannot_be_told_is_not() -> None:
    def lacks(patch: dict[str, Any], path: str) -> bool:
        return path in {one.path for one in missing(merged(facts(), patch), Phase.COMPLETE)}

    assert lacks({"persons": {"count": {"known": "to_be_determined"}}}, "persons.count")
    assert not lacks({"persons": {"count": {"known": "unknown"}}}, "persons.count")
    assert lacks({"telling": {"told": "open"}}, "telling.told")
    assert lacks({"data": {"kinds": ["names", "to_be_determined"]}}, "data.kinds")
    # A word of ours that somebody wrote is a text like any other.
    assert not lacks({"incident": {"description": "open"}}, "incident.description")


@given(st.sets(st.sampled_from([asked.path for asked in ASKED if asked.need is Need.MANDATORY])))
def test_exactly_what_was_forgotten_is_missing(forgotten: set[str]) -> None:
    told = merged(Facts(), {**TOLD, **_IDENTITY})
    for path in forgotten:
        section, field = path.split(".")
        told = merged(told, {section: {field: None}})
    lacks = {one.path for one in missing(told, Phase.COMPLETE) if one.need is Need.MANDATORY}
    assert lacks == forgotten


_IDENTITY = {
    "controller": {**TOLD["controller"], "identifier_kind": "nip", "identifier": "0007113339"},
    "people": {**TOLD["people"], "dpo_designated": True, "dpo": {"name": "Ewa Lis"}},
}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_has_its_words_in_each_language(locale: str) -> None:
    told = words([locale], programme().zone)
    for kind in PRINTED:
        if kind is options.StrEnum:
            continue
        assert list(told.options[kind.__name__]) == [one.value for one in kind], kind
        assert all(told.told(one) for one in kind)
    assert set(told.options) == {kind.__name__ for kind in PRINTED} - {"StrEnum"}


def test_every_language_has_the_same_phrases() -> None:
    every = [words([locale], programme().zone) for locale in LOCALES]
    for part in ("phrases", "sections", "labels"):
        first = getattr(every[0], part)
        assert all(list(getattr(one, part)) == list(first) for one in every), part
        assert all(text.strip() for one in every for text in getattr(one, part).values())
    texts = [option_texts_pl.OPTIONS, option_texts_en.OPTIONS, option_texts_hr.OPTIONS]
    assert all(one.keys() == texts[0].keys() for one in texts)
    assert set(every[0].labels) >= {asked.path for asked in ASKED}


def test_an_unknown_language_gets_english() -> None:
    assert words(["de-AT"], programme().zone).locale == "en"
    assert words(["de", "hr-HR"], programme().zone).locale == "hr"


def test_what_falls_under_article_9_is_marked_and_said() -> None:
    told = words(["en"], programme().zone)
    assert [one for one in DataKind if one.special] == [one for one in DataKind if "(Art. 9)" in str(told.told(one))]


def test_facts_never_stand_in_a_log_by_accident() -> None:
    """A struct would be printed whole: rows that carry facts keep them out of their own text."""
    from tests.breach.made_up import account

    assert "nieuprawniona" in repr(facts())
    assert "nieuprawniona" not in repr(account())
    assert msgspec.to_builtins(facts())
