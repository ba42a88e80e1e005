"""Every mistake of a profile file is told at once, with its line and its mend, and never with a value of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent import service as consent
from privacy.consent.importing import profiles
from privacy.consent.importing.profile import Condition, Format, Said, Token
from privacy.consent.importing.profiles import ProfileInvalid
from privacy.errors import InvalidInput

GOOD = """\
profile: mine
title: Mine
format: csv
identifiers: { email: Mail }
proof: own_act
options: { purpose: offers, wording: null }
wording: { code: $wording }
"yes": [tak]
rules:
  - acts:
      - { when: { Agreed: yes }, act: give, purpose: $purpose, channel: email, at: Since }
"""


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ProfileInvalid) as refused:
        profiles.read(text, file="mine.yml")
    assert str(refused.value).startswith("mine.yml has ")
    return [(found.line, found.path, f"{found.wrong} {found.mend}".strip()) for found in refused.value.problems]


def test_a_good_one_is_read() -> None:
    found = profiles.read(GOOD)
    assert (found.name, found.system, found.format, found.zone) == ("mine", "mine", Format.CSV, None)
    (kind,) = found.kinds
    assert found.columns_of(kind) == ("Mail", "Agreed", "Since")
    (act,) = kind.rules[0].acts
    assert (act.act.text, act.at, act.when) == (Said.GIVE, ("Since",), (Condition("Agreed", frozenset({Token.YES})),))


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "says"),
    [
        ("profile: mine\n", "", 1, "profile", "required"),
        ("profile: mine", "profile: Moje Zgody", 1, "profile", "Lower case letters, digits, - and _."),
        ("format: csv", "format: xlsx", 3, "format", "Name one of: csv, ndjson, lines."),
        ("format: csv", "format: csv\nencoding: utf-16", 4, "encoding", "UTF-16 is known by its byte order mark."),
        ("format: csv", "format: csv\nencoding: klingon", 4, "encoding", "Name one of: ascii, cp1250"),
        ("format: csv", 'format: csv\ndelimiter: ":"', 4, "delimiter", "Name one of: auto, ,, ;"),
        ("format: csv", "format: csv\nzone: Warsaw", 4, "zone", "such as Europe/Warsaw or UTC"),
        ("format: csv", "format: csv\nclock: { skew: 5 min }", 4, "clock.skew", "Write it as PT5M or PT30S."),
        ("format: csv", "format: csv\nclock: { skew: PT }", 4, "clock.skew", "Write it as PT5M or PT30S."),
        ("format: csv", "format: csv\ntimes: [rfc822]", 4, "times", "Name iso, unix, unix_ms or a form such as"),
        ("format: csv", 'format: csv\ntimes: "%H:%M"', 4, "times", "1 unknown."),
        ("format: csv", 'format: csv\ntimes: "%d.%d.%Y"', 4, "times", "1 unknown."),
        ("format: csv", 'format: csv\ntimes: ["%Y-%m-%d", "%Q"]', 4, "times", "1 unknown."),
        ("format: csv", "format: csv\ncolour: red", 4, "colour", "Unknown field."),
        ("format: csv", "format: csv\nsystem: 2.0", 4, "system", "Put it in quotes."),
        ("format: csv", "format: csv\nprofile: again", 4, "", "given twice; the first is on line 1"),
        ("{ email: Mail }", "{}", 4, "identifiers", "between 1 and 12"),
        ("{ email: Mail }", "Mail", 4, "identifiers", "Not a valid mapping type."),
        ("proof: own_act", "proof: strong", 5, "proof", "Name one of: staff_claim, recorded, own_act."),
        ("proof: own_act", "proof: $purpose", 5, "proof", "Name one of: staff_claim, recorded, own_act."),
        ("proof: own_act", "proof: { from: Src, words: { a: own_act } }", 5, "proof", "every row needs one"),
        ("proof: own_act", "proof: own_act\npoint: { from: Where }", 6, "point", "Give the words that it may be"),
        ("wording: null", "colour: null", 6, "options.colour", "Name one of: purpose, wording."),
        ("purpose: offers, ", "", 6, "options", "Declare purpose here: null, or its default."),
        ("{ code: $wording }", "{ code: klauzula }", 6, "options", "Nothing uses $wording."),
        ("{ code: $wording }", "{ code: $text }", 7, "wording.code", "The options are: $purpose, $wording."),
        ("[tak]", "[tak, T]\n'no': [NIE, Tak]", 8, "yes", "1 of these words also stand under `no`."),
        ("[tak]", "[]", 8, "yes", "A text or a list of texts is needed."),
        ("when: { Agreed: yes }", "when: yes", 11, "rules.0.acts.0.when", "A mapping of columns"),
        ("when: { Agreed: yes }", "when: { value: yes }", 11, "rules.0.acts.0.when", "here there is none"),
        ("act: give", "act: agree", 11, "rules.0.acts.0.act", "Name one of: request, give, confirm"),
        ("act: give", "act: $purpose", 11, "rules.0.acts.0.act", "Name one of: request, give, confirm"),
        ("act: give", "act: { from: What }", 11, "rules.0.acts.0.act", "of a column with `words`"),
        ("act: give", "act: { column: What }", 11, "rules.0.acts.0.act.column", "Unknown field."),
        ("purpose: $purpose", "purpose: every_marketing", 11, "rules.0.acts.0.purpose", "Only a no may be about"),
        ("purpose: $purpose, ", "", 11, "rules.0.acts.0.purpose", "Name a purpose, $purpose or every_marketing."),
        ("at: Since", "at: [[Since]]", 11, "rules.0.acts.0.at", "A text of at most 300 characters is needed."),
        ("at: Since", f"at: {'x' * 301}", 11, "rules.0.acts.0.at", "A text of at most 300 characters is needed."),
        ("  - acts:", "  - each: { A: { channel: email } }\n    acts:", 10, "rules.0.each.A", "Write { purpose: ..."),
        ("rules:\n", "files:\n", 10, "files.0.kind", "required"),
        ("rules:\n", "files: []\nrules:\n", 9, "files", "between 1 and 20"),
        ("title: Mine", "title: Mine\noptional: Colour", 3, "optional", "Nothing reads 1 of these columns."),
        ("title: Mine", "title: [unclosed", 3, "", "This is not YAML"),
        ("title: Mine", "title: !!python/name:os.system Mine", 2, "", "Tags are not read."),
    ],
)
def test_each_mistake_is_told_by_line_with_its_mend(old: str, new: str, line: int, path: str, says: str) -> None:
    assert GOOD.count(old) == 1
    found = problems(GOOD.replace(old, new))
    assert [one for one in found if one[0] == line and one[1] == path and says in one[2]], found


@pytest.mark.parametrize("text", ["", "- a", "just words", "12"])
def test_what_is_no_mapping_is_told_so(text: str) -> None:
    ((line, path, says),) = problems(text)
    assert (line, path) == (1, "")
    assert says.endswith(("Begin with `profile: name`.", "Put one document into it."))


def test_several_mistakes_are_told_at_once() -> None:
    text = GOOD.replace("csv", "xlsx").replace("own_act", "12:30").replace("act: give", "act: agree")
    assert [(line, path) for line, path, _ in problems(text)] == [(3, "format"), (11, "rules.0.acts.0.act")]


def test_every_shipped_profile_is_named_by_each_of_its_names() -> None:
    every = consent.profiles()
    assert set(every) >= {
        *("mailchimp", "hubspot", "crm", "tills", "suppression"),
        *("getresponse", "salesmanago", "freshmail", "klaviyo", "salesforce"),
    }
    for name, profile in every.items():
        assert all(consent.profile(known) is profile for known in (name, *profile.also))
    names = [known for profile in every.values() for known in (profile.name, *profile.also)]
    assert len(names) == len(set(names))


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(InvalidInput, match=r"There is no such profile\. Known: crm, .*; or name a YAML file\."):
        consent.profile_at("mailchump")
    with pytest.raises(InvalidInput, match="It cannot be read"):
        consent.profile_at("/nowhere/mine.yml")


_LINES = st.lists(st.sampled_from([*GOOD.splitlines(), "  - a: b", "? x", "&a [*a]", "zone: {}", "yes: [1, 2.0]", "|"]))


@given(st.binary() | _LINES.map(lambda lines: "\n".join(lines).encode()))
def test_no_bytes_are_more_than_a_profile_with_mistakes(data: bytes) -> None:
    try:
        profiles.read(data)
    except ProfileInvalid as error:
        told = error.problems
    else:
        told = ()
    assert all(problem.line >= 1 and problem.wrong for problem in told)


_VALUES = st.recursive(
    st.sampled_from(["null", "yes", "2.0", "-1", "$purpose", "'%Q'", "every_marketing", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda all_: f"[{', '.join(all_)}]")
        | st.dictionaries(st.sampled_from(["from", "words", "act", "acts", "value", "kind"]), inner, max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
        )
    ),
)


@given(st.dictionaries(st.sampled_from(sorted(profiles.SCHEMA.fields)), _VALUES, max_size=8))
def test_no_value_in_a_field_breaks_the_schema(values: dict[str, str]) -> None:
    whole = {line.split(":", 1)[0].strip('"'): line.split(":", 1)[1] for line in GOOD.splitlines()[:7]}
    whole["rules"] = "[{ acts: [{ when: { Agreed: yes }, act: give, purpose: $purpose, channel: email }] }]"
    text = "\n".join(f'"{key}": {value}' for key, value in {**whole, **values}.items())
    try:
        found = profiles.read(text)
    except ProfileInvalid as error:
        assert error.problems  # noqa: PT017  # either is right; that it is nothing else is what is tested
    else:
        assert found.kinds
