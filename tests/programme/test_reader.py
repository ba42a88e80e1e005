"""A wrong file gets every mistake at once, each with its line, the field, what is wrong and the mend."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read
from tests.programme.documents import EXAMPLE, JUNK, SMALL, damaged, line_of, small

NEWS_1 = '{code: news, version: "1", valid_from: 2021-01-01, purposes: [newsletter], texts: {pl: Zgadzam się}}'

#: What is replaced, by what, the field's path, a piece of the message. Where there is a mark `⇒` its line is meant.
MISTAKES = [
    # form
    ("  country: PL\n  zone", "  ⇒country: Poland\n  zone", "jurisdiction.country", "ISO 3166-1"),
    ("Europe/Warsaw", "⇒Europe/Warschau", "jurisdiction.zone", "Did you mean 'Europe/Warsaw'?"),
    ("locales: [pl]", "⇒locales: []", "jurisdiction.locales", "too short"),
    ("agreed_on: 2019-01-01", "⇒agreed_on: 2019-02-30", "joint_arrangements.both.agreed_on", "not in the calendar"),
    ("agreed_on: 2020-01-01", "⇒agreed_on: 1.1.2020", "processors.host.agreed_on", "YYYY-MM-DD"),
    ("period: P3Y", "⇒period: 3 years", "retention_rules.sale.period", "P36M"),
    ("validity: P36M", "⇒validity: P0D", "purposes.newsletter.validity", "longer than nothing"),
    ("age: 16", "⇒age: 12", "age_rules.child.age", "from 13 to 21"),
    ("double_opt_in: true", "⇒double_opt_in: yes", "purposes.newsletter.double_opt_in", "true or false"),
    ("confirm_within_days: 14", "⇒confirm_within_days: 1.5", "purposes.newsletter.confirm_within_days", "whole number"),
    ("least_proof: own_act", "⇒least_proof: ownact", "purposes.newsletter.least_proof", "Did you mean 'own_act'?"),
    ("requires: consent", "⇒requires: nothing", "contact_rules.pke.requires", "Write consent."),
    ("email: shop@shop.example", "⇒email: shop", "controllers.shop.email", "iod@example.com"),
    ("statute: KC 118", "⇒statute: 118", "retention_rules.sale.statute", 'quotes: "118"'),
    ("statute: PKE 398", "⇒statute:", "contact_rules.pke.statute", "no text"),
    ("    security: szyfrowanie\n", "", "processing_activities.mailing.security", "missing"),
    ("    recipients: [cloud]\n", "    ⇒recipients: cloud\n", "purposes.newsletter.recipients", "list is needed"),
    ("recipients: [cloud]", "⇒recipients: [cloud, cloud]", "purposes.newsletter.recipients[1]", "listed twice"),
    ("    brand: sklep", "    ⇒brnad: sklep", "purposes.newsletter.brnad", "Did you mean 'brand'?"),
    ("message_types:", "⇒mesage_types:", "mesage_types", "Did you mean 'message_types'?"),
    ("  - {code: sklep, name: Sklep, controller: shop}", "  ⇒- sklep", "brands[0]", "mapping is needed"),
    # references
    ("minimum_age: child", "⇒minimum_age: adult", "purposes.newsletter.minimum_age", "no age rule"),
    ("issue, purpose: newsletter", "issue, ⇒purpose: newsleter", "message_types.issue.purpose", "'newsletter'?"),
    ("classes: [marketing]", "⇒classes: [marketin]", "contact_rules.pke.classes[0]", "'marketing'?"),
    ("contact_kind: email", "⇒contact_kind: phone", "channels.email.contact_kind", "no contact kind"),
    # texts
    ("texts: {pl: Informujemy}", "⇒texts: {en: We inform}", "notices.info@1.texts.pl", "missing"),
    ("texts: {pl: Informujemy}", "⇒texts: {pl: I, en: We}", "notices.info@1.texts.en", "no locale"),
    ("descriptions: {pl: Newsletter}", "⇒descriptions: {pl: ''}", "purposes.newsletter.descriptions.pl", "no text"),
    # twice
    ("code: club", "⇒code: shop", "controllers.shop", "declared twice"),
    ('- code: news\n    version: "2"', '- ⇒code: news\n    version: "1"', "wordings.news@1", "declared twice"),
    # contradictions
    (
        "legal_basis: consent\n    channels",
        "⇒legal_basis: contract\n    channels",
        "purposes.newsletter.legal_basis",
        "class",
    ),
    (
        "    legal_basis: contract\n",
        "    legal_basis: contract\n    ⇒validity: P1Y\n",
        "purposes.orders.validity",
        "Only a consent",
    ),
    ("    confirm_within_days: 14\n", "", "purposes.newsletter.confirm_within_days", "needs a term"),
    ("    double_opt_in: true\n", "", "purposes.newsletter.confirm_within_days", "nothing to confirm"),
    (
        "channels: [email]\n",
        "⇒channels: [email, push]\n",
        "purposes.newsletter.channels[1]",
        "No confirmation can be sent by push",
    ),
    ("least_proof: own_act", "explicit: true", "purposes.newsletter.least_proof", "cannot prove an explicit"),
    (
        "minimum_age: child\n    data_categories: [contact]",
        "minimum_age: child\n    data_categories: [health]",
        "purposes.newsletter.explicit",
        "must be explicit",
    ),
    (
        "controllers: [shop, club], contact",
        "controllers: [club, club], contact",
        "purposes.newsletter.controllers",
        "Art. 26",
    ),
    (
        "    controllers: [shop]\n    class: service",
        "    controllers: [club]\n    ⇒brand: sklep\n    class: service",
        "purposes.orders.brand",
        "controller that the purpose lacks",
    ),
    ("newsletter, orders], texts", "newsletter], texts", "purposes.orders", "No notice"),
    ("contact_point: club", "⇒contact_point: nobody", "joint_arrangements.both.contact_point", "no controller"),
    ("names: {pl: chmura}, country: PL", "names: {pl: chmura}, country: US", "recipients.cloud", "safeguard"),
    (
        "valid_from: 2024-11-10",
        "valid_from: 2024-11-10\n    ⇒valid_until: 2024-11-09",
        "contact_rules.pke.valid_until",
        "before",
    ),
    ("valid_from: 2026-01-01", "⇒valid_from: 2021-01-01", "wordings.news@2.valid_from", "neither is the newest"),
    ('    supersedes: ["1"]\n', "", "wordings.news@2.fresh_consent_after", "whose consents"),
    ("    fresh_consent_after: 2027-01-01\n", "", "wordings.news@2.supersedes", "from when"),
    (
        "fresh_consent_after: 2027-01-01",
        "⇒fresh_consent_after: 2025-12-31",
        "wordings.news@2.fresh_consent_after",
        "due",
    ),
    ('supersedes: ["1"]', '⇒supersedes: ["0"]', "wordings.news@2.supersedes[0]", "no other version"),
    (
        "valid_from: 2021-01-01, purposes: [newsletter], t",
        "valid_from: 2026-02-01, purposes: [newsletter], t",
        "wordings.news@2.supersedes[0]",
        "not earlier",
    ),
    (
        "    legal_basis: consent\n    persons",
        "    legal_basis: legal_obligation\n    persons",
        "processing_activities.mailing.statute",
        "needs it",
    ),
]


@pytest.mark.parametrize(("old", "new", "path", "words"), MISTAKES, ids=[f"{c[2]}: {c[3]}" for c in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_path(old: str, new: str, path: str, words: str) -> None:
    marked = small((old, new))
    text = marked.replace("⇒", "")
    with pytest.raises(ProgrammeInvalid) as raised:
        read(text)
    found = [p for p in raised.value.problems if p.path == path and words in f"{p.wrong} {p.mend}"]
    assert found, str(raised.value)
    if "⇒" in marked:
        assert found[0].line == line_of(marked, "⇒")
    assert all(p.mend for p in raised.value.problems)


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = small(("zone: Europe/Warsaw", "zone: Mars"), ("validity: P36M", "validity: long"), ("KC 118", "''"))
    with pytest.raises(ProgrammeInvalid) as raised:
        read(text)
    problems = raised.value.problems
    assert [p.path for p in problems] == [
        "jurisdiction.zone",
        "retention_rules.sale.statute",
        "purposes.newsletter.validity",
    ]
    assert raised.value.extensions["errors"].keys() == {p.path for p in problems}
    assert raised.value.detail.startswith("The programme has 3 mistakes.")
    assert f"line {line_of(text, 'validity')}: purposes.newsletter.validity: 'long' is not" in raised.value.detail


def test_a_contact_is_not_repeated_in_a_message() -> None:
    with pytest.raises(ProgrammeInvalid) as raised:
        read(small(("email: shop@shop.example", "email: jan kowalski@shop.example")))
    assert "kowalski" not in raised.value.detail


def test_two_rules_on_the_same_days_channels_and_classes_contradict() -> None:
    again = (
        "  - {code: old, country: PL, valid_from: 2020-01-01, channels: [push], "
        "classes: [marketing], requires: consent, statute: x}\n"
    )
    with pytest.raises(ProgrammeInvalid, match="same channels and classes"):
        read(small(("purposes:\n  - code", again + "purposes:\n  - code")))
    ended = again.replace("2020-01-01", "2020-01-01, valid_until: 2024-11-09")
    read(small(("purposes:\n  - code", ended + "purposes:\n  - code")))


def test_a_wording_may_not_ask_for_what_does_not_rest_on_consent() -> None:
    with pytest.raises(ProgrammeInvalid, match="orders does not rest on consent"):
        read(small((NEWS_1, NEWS_1.replace("[newsletter]", "[newsletter, orders]"))))


def test_an_open_text_names_known_purposes_and_a_closed_one_may_outlive_them() -> None:
    named = NEWS_1.replace("[newsletter]", "[newsletter, gone]")
    with pytest.raises(ProgrammeInvalid, match=r"news@1\.purposes\[1\]: 'gone' is no purpose"):
        read(small((NEWS_1, named)))
    read(small((NEWS_1, named.replace("2021-01-01", "2021-01-01, valid_until: 2025-12-31"))))


def test_a_consent_without_a_wording_is_a_mistake() -> None:
    unworded = SMALL[: SMALL.index("wordings:")] + "wordings: []\n" + SMALL[SMALL.index("notices:") :]
    with pytest.raises(ProgrammeInvalid, match="No wording asks for this consent"):
        read(unworded)


@pytest.mark.parametrize("text", ["[]", "words", "7", "a:"])
def test_what_is_no_programme_at_all_is_told_without_a_fault(text: str) -> None:
    with pytest.raises(ProgrammeInvalid):
        read(text)


@given(
    damage=st.lists(
        st.tuples(st.integers(0, SMALL.count("\n") - 1), st.integers(0, 9), st.sampled_from(JUNK)),
        min_size=1,
        max_size=3,
    )
)
def test_a_damaged_file_gets_mistakes_and_never_a_fault(damage: list[tuple[int, int, str]]) -> None:
    with contextlib.suppress(ProgrammeInvalid):
        read(damaged(SMALL, damage))


def test_left_out_fields_get_what_is_meant() -> None:
    orders = read(SMALL).content["purposes"][1]
    assert (orders["validity"], orders["double_opt_in"], orders["least_proof"]) == (None, False, "staff_claim")


def test_the_small_and_the_example_programme_are_right() -> None:
    read(SMALL)
    read(EXAMPLE.read_bytes())
