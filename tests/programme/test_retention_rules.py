"""Retention rules of a programme: what is read of them, and each contradiction with its place and its reason."""

from __future__ import annotations

import pytest

from privacy.programme.build import build
from privacy.programme.diff import compare
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read
from privacy.programme.types import Covered, Place, Programme, RetentionAction, RetentionTrigger, RetentionWarning
from tests.programme.data_maps import data_map
from tests.programme.documents import EXAMPLE

RULE = "  - {code: sale, period: P3Y, starts: {pl: od sprzedaży}, statute: KC 118}\n"
SOLD = "- {name: sold_on, data_categories: [contact]}"
MARKED = "- {name: sold_on, data_categories: [contact], privacy: {moments: [created]}}"


def ruled(more: str, *changes: tuple[str, str]) -> str:
    """The data map with one more rule."""
    rule = f"  - {{code: new, starts: {{pl: od}}, statute: s, {more}}}\n"
    return data_map((RULE, RULE + rule), *changes)


def built(text: str) -> Programme:
    return build(read(text).content, number=1, applied_at=0, sha256="")


def test_a_rule_is_read_with_all_that_it_says() -> None:
    more = (
        "period: P5Y, trigger: custom, fields: [shop.orders.sold_on], covers: {systems: [shop, privacy], "
        "data_categories: [contact]}, action: anonymise, approvals: 2, warning: {days: 14, attempts: 3}"
    )
    text = ruled(more).replace("[shop, privacy]", "[shop]")
    rule = built(text).retention_rules["new"]
    assert rule.covers == Covered(systems=("shop",), data_categories=("contact",))
    assert (rule.trigger, rule.fields) == (RetentionTrigger.CUSTOM, (Place("shop", "orders", "sold_on"),))
    assert (rule.action, rule.approvals) == (RetentionAction.ANONYMISE, 2)
    assert rule.warning == RetentionWarning(14, 3)


def test_a_rule_of_old_stays_what_it_was_and_disposes_of_nothing() -> None:
    document = read(data_map())
    [rule] = [one for one in document.content["retention_rules"] if one["code"] == "sale"]
    assert set(rule) == {"code", "period", "starts", "statute"}
    assert built(data_map()).retention_rules["sale"].trigger is None


def test_a_financial_year_has_its_last_day() -> None:
    more = 'period: P5Y, trigger: financial_year_end, financial_year_ends: "06-30", covers: {systems: [shop]}'
    marked = MARKED.replace("created", "financial_year_end")
    assert built(ruled(more, (SOLD, marked))).retention_rules["new"].financial_year_ends == (6, 30)


RIGHT = [
    ("trigger: account_closed", ()),
    ("trigger: consent_ended, covers: {systems: [privacy]}", ()),
    ("period: P1Y, trigger: last_activity, covers: {systems: [privacy]}, warning: {days: 7, attempts: 2}", ()),
    ("period: P1Y, trigger: created, covers: {systems: [shop]}, action: restrict", ((SOLD, MARKED),)),
    ("period: P1Y, trigger: created, covers: {data_categories: [health]}", ()),
]


@pytest.mark.parametrize(("more", "changes"), RIGHT)
def test_a_rule_is_right(more: str, changes: tuple[tuple[str, str], ...]) -> None:
    assert built(ruled(more, *changes)).retention_rules["new"].trigger is not None


#: More of the rule, changes of the data map, the mistake's path, a piece of its message.
MISTAKES = [
    ("period: P1Y, action: restrict", (), "action", "without a trigger"),
    ("period: P1Y, covers: {systems: [shop]}", (), "covers", "without a trigger"),
    ("trigger: created", (), "period", "does not say how long"),
    ("trigger: claim_due", (), "period", "does not say how long"),
    ("period: P1Y, trigger: custom", (), "fields", "belong together"),
    ("period: P1Y, trigger: created, fields: [shop.orders.sold_on]", (), "fields", "belong together"),
    ("period: P1Y, trigger: custom, fields: [shop.orders]", (), "fields[0]", "names no field"),
    ("period: P1Y, trigger: custom, fields: [shopp.orders.sold_on]", (), "fields[0]", "Did you mean 'shop'"),
    ("period: P1Y, trigger: custom, fields: [shop.order.sold_on]", (), "fields[0]", "no table of shop"),
    ("period: P1Y, trigger: custom, fields: [shop.orders.sold]", (), "fields[0]", "no field of shop.orders"),
    ("period: P1Y, trigger: custom, fields: [shop.customer.score]", (), "fields[0]", "holds no day"),
    ('period: P1Y, trigger: created, financial_year_ends: "06-30"', (), "financial_year_ends", "financial year"),
    ('period: P1Y, trigger: created, financial_year_ends: "02-30"', (), "financial_year_ends", "no day of a year"),
    ("period: P1Y, trigger: created, approvals: 3", (), "approvals", "from 0 to 2"),
    ("period: P1Y, trigger: created, action: shred", (), "action", "no such word"),
    ("period: P1Y, trigger: tomorrow", (), "trigger", "no such word"),
    ("period: P1Y, trigger: created, action: review, warning: {days: 7, attempts: 2}", (), "warning", "nothing goes"),
    ("period: P1Y, trigger: created, covers: {systems: [shops]}", (), "covers.systems[0]", "Did you mean 'shop'"),
    ("period: P1Y, trigger: created, covers: {systems: [shop]}", (), "covers", "no field is marked"),
    ("period: P1Y, trigger: created, covers: {data_sets: [mails]}", ((SOLD, MARKED),), "covers", "no field is marked"),
    ("period: P1Y, trigger: claim_due, covers: {systems: [privacy]}", (), "trigger", "this service's own store"),
    ("trigger: consent_ended, covers: {systems: [privacy, shop]}", (), "covers", "erased as a whole"),
    ("trigger: consent_ended, covers: {systems: [privacy], purposes: [orders]}", (), "covers", "erased as a whole"),
    ("trigger: consent_ended, covers: {systems: [privacy]}, action: anonymise", (), "action", "erased, or a person"),
]


@pytest.mark.parametrize(("more", "changes", "path", "message"), MISTAKES)
def test_each_mistake_of_a_rule_is_told(
    more: str, changes: tuple[tuple[str, str], ...], path: str, message: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        read(ruled(more, *changes))
    [problem] = caught.value.problems
    assert problem.path == f"retention_rules.new.{path}"
    assert message in f"{problem.wrong} {problem.mend}"


def test_what_restricts_needs_a_field_to_mark() -> None:
    marked = "          - {name: order_id, privacy: {moments: [created]}, fides_meta:"
    changes = [("          - name: order_id\n            fides_meta:", marked)]
    text = ruled("period: P1Y, trigger: created, covers: {systems: [shop]}, action: restrict", *changes)
    with pytest.raises(ProgrammeInvalid, match=r"Nothing marks a row of shop\.item as restricted"):
        read(text.replace("direction: from}]}\n      - name: build", "direction: from}]}}\n      - name: build"))


LANGUAGE = "{name: language, data_categories: [user], privacy: {moments: [created]}}"
#: A field of the map as it is marked, and what is said of it.
MARKS = [
    (SOLD, MARKED.replace("created", "custom"), "Let the rule name the field"),
    (SOLD, MARKED.replace("created", "consent_ended"), "No field holds consent_ended"),
    (SOLD, MARKED.replace("privacy", "fides_meta: {data_type: integer}, privacy"), "holds no day"),
    ("{name: language, data_categories: [user]}", LANGUAGE, "inside an object"),
]


@pytest.mark.parametrize(("old", "new", "message"), MARKS)
def test_each_mistake_of_a_mark_is_told(old: str, new: str, message: str) -> None:
    with pytest.raises(ProgrammeInvalid, match=message):
        read(data_map((old, new)))


def test_no_system_has_the_name_of_the_own_store() -> None:
    text = data_map(("  - {code: shop, names: {pl: Sklep}, conn", "  - {code: privacy, names: {pl: Sklep}, conn"))
    with pytest.raises(ProgrammeInvalid, match="this service's own store"):
        read(text)


def test_a_plan_tells_what_changes_of_a_rule() -> None:
    old = read(ruled("period: P1Y, trigger: created, approvals: 1")).content
    new = read(ruled("period: P2Y, trigger: created, approvals: 2, warning: {days: 7, attempts: 2}")).content
    [change] = compare(old, new)
    assert list(change.lines()) == [
        "~ retention_rules.new",
        "    period: P1Y -> P2Y",
        "    approvals: 1 -> 2",
        "    warning: none -> {days: 7, attempts: 2}",
    ]


#: Every row of the starter set: its code in the example, period, whether it is rounded to a year's end.
STARTER = {
    **{"tax": ("P5Y", True), "accounting_documents": ("P5Y", False), "annual_statements": ("P5Y", False)},
    **{"accounting_disputes": ("P5Y", False), "warranty_documents": ("P1Y", False), "general_claim": ("P6Y", True)},
    **{"business_claim": ("P3Y", True), "sale_claim": ("P2Y", True), "damage": ("P10Y", False)},
    **{"damage_by_crime": ("P20Y", False), "transport": ("P1Y", False), "insurance": ("P3Y", True)},
    **{"judgment": ("P6Y", True), "judgment_periodic": ("P3Y", True), "personnel_file": ("P10Y", True)},
    **{"personnel_claim": ("P3Y", False), "recruitment": ("P6M", False), "cctv": ("P3M", False)},
    **{"complaint_reply": ("P14D", False), "conformity": ("P2Y", False), "consent_evidence": ("P3Y", True)},
    **{"request_file": ("P5Y", False), "breach_register": ("P5Y", False)},
}


@pytest.mark.parametrize("code", STARTER)
def test_the_example_has_the_polish_starter_set(code: str) -> None:
    rule = built(EXAMPLE.read_text()).retention_rules[code]
    assert (rule.period, rule.to_year_end) == STARTER[code]
    assert set(rule.starts) == {"pl", "en", "hr"}
    assert rule.statute
