"""Each mistake of a data map is told with its place, what is wrong and the mend."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read
from tests.programme.data_maps import DATA_MAP, data_map
from tests.programme.documents import JUNK, damaged

SHOP = "data_sets.shop.collections"
EMAIL = "privacy: {on_erasure: null, same_person: true, corrected_as: email}"
ID = "          - name: id\n            fides_meta: {primary_key: True}"
DELETES = "        privacy: {on_erasure: delete_row}\n"
ITEM = f"      - name: item\n        data_categories: [contact]\n{DELETES}        fields:\n          - {{name: id,"
ORDERS = "{rule: sale, counted_from: sold_on}"

#: What is replaced, by what, the field's path, a piece of the message.
MISTAKES = [
    # form
    (
        "connector: sql, controllers: [shop], data_sets: [shop]",
        "connector: ftp, controllers: [shop], data_sets: [shop]",
        "systems.shop.connector",
        "no such word",
    ),
    (
        "data_sets: [shop], purposes",
        "data_sets: [shops], purposes",
        "systems.shop.data_sets[0]",
        "Did you mean 'shop'?",
    ),
    ("purposes: [orders]}", "purposes: [orders], settings: {url: x}}", "systems.shop.settings.url", "is a secret"),
    ("fides_key: mails", "fides_key: the mails", "data_sets.the mails.fides_key", "wrong form"),
    (
        "identity: email, data_type: string, length: 40",
        "identiti: email",
        f"{SHOP}.customer.fields.email.fides_meta.identiti",
        "'identity'?",
    ),
    ("data_type: integer", "data_type: bigint", f"{SHOP}.customer.fields.score.fides_meta.data_type", "Fideslang"),
    ("on_erasure: mask", "on_erasure: shred", f"{SHOP}.customer.fields.notes.privacy.on_erasure", "no strategy here"),
    (
        "on_erasure: mask",
        "on_erasure: delete_row",
        f"{SHOP}.customer.fields.notes.privacy.on_erasure",
        "no strategy here",
    ),
    ("constant: erased", "constant: true", f"{SHOP}.customer.fields.name.privacy.constant", "neither text nor"),
    ("{rule: sale, counted", "{rule: sail, counted", f"{SHOP}.orders.privacy.keep.rule", "no retention rule"),
    # names
    ("      - name: item\n", "      - name: orders\n", f"{SHOP}.orders.name", "given twice"),
    ("          - name: notes\n", "          - name: name\n", f"{SHOP}.customer.fields.name.name", "given twice"),
    # references
    ("field: customer.id", "field: client.id", f"{SHOP}.orders.fields.customer_id", "'client' is no table of shop"),
    ("field: customer.id", "field: customer.ident", f"{SHOP}.orders.fields.customer_id", "no field of shop.customer"),
    ("field: customer.id", "field: build_log.line", f"{SHOP}.orders.fields.customer_id", "no table of shop"),
    (
        "{dataset: shop, field: customer.email}",
        "{dataset: crm, field: customer.email}",
        "data_sets.mails.collections.reader.fields.address",
        "no data set that a system holds",
    ),
    # who holds what
    (
        "data_sets: [mails]",
        "data_sets: [mails, shop]",
        "systems.mails.data_sets[1]",
        "The system shop holds shop already",
    ),
    ("data_sets: [mails]", "data_sets: []", "systems.mails.data_sets", "what there is to ask for"),
    (
        "controllers: [shop]\n    processor: host",
        "controllers: [club]\n    processor: host",
        "systems.mails.processor",
        "28(3)",
    ),
    # who is meant
    ("{identity: email, data", "{identity: mail, data", f"{SHOP}.customer.fields.email", "no contact kind"),
    (
        "{identity: email, data_type: string, length: 40}",
        "{length: 40}",
        f"{SHOP}.customer.fields.email",
        "no other identifier",
    ),
    (
        "data_categories: [user.name]",
        "data_categories: [nam]",
        f"{SHOP}.customer.fields.name",
        "nor a key of Fideslang",
    ),
    (EMAIL, "privacy: {hidden: true, on_erasure: null}", f"{SHOP}.customer.fields.email", "Art. 15"),
    # what an erasure does
    (EMAIL, "privacy: {same_person: true}", f"{SHOP}.customer", "does with: email."),
    (
        "    data_sets: [mails]\n    on_erasure: null\n",
        "    data_sets: [mails]\n",
        "data_sets.mails.collections.reader",
        "settings.language",
    ),
    (
        "on_erasure: constant, constant: erased",
        "on_erasure: constant",
        f"{SHOP}.customer.fields.name",
        "which constant",
    ),
    (
        "on_erasure: constant, constant: erased",
        "on_erasure: null, constant: x",
        f"{SHOP}.customer.fields.name",
        "Only a field",
    ),
    ("constant: erased", "constant: erased by request", f"{SHOP}.customer.fields.name", "longer than 10"),
    ("constant: erased", "constant: 7", f"{SHOP}.customer.fields.name", "no string"),
    (
        "fides_meta: {data_type: integer}\n            privacy: {on_erasure: null}",
        "fides_meta: {data_type: integer}\n            privacy: {on_erasure: hash}",
        f"{SHOP}.customer.fields.score",
        "A pseudonym is text",
    ),
    (
        "data_type: string, length: 40}",
        "data_type: string, length: 40, read_only: true}",
        f"{SHOP}.customer.fields.email",
        "read only",
    ),
    (ITEM, f"{ITEM} privacy: {{on_erasure: hash}},", f"{SHOP}.item.fields.id", "whole row"),
    (ID, f"{ID}\n            privacy: {{on_erasure: null}}", f"{SHOP}.customer.fields.id", "primary key cannot"),
    (ID, "          - name: id", f"{SHOP}.customer", "tell them apart"),
    (
        "          - name: settings\n            fields:",
        "          - name: settings\n            privacy: {on_erasure: hash}\n            fields:",
        "data_sets.mails.collections.reader.fields.settings",
        "field by field",
    ),
    # keeping
    (f"          keep: {ORDERS}\n", "", f"{SHOP}.orders", "why it is kept"),
    ("          on_erasure: keep\n", "", f"{SHOP}.orders.privacy.keep", "It is not kept"),
    ("{code: sale, period: P3Y,", "{code: sale,", f"{SHOP}.orders.privacy.keep.rule", "no period"),
    ("counted_from: sold_on", "counted_from: sold_at", f"{SHOP}.orders.privacy.keep.counted_from", "'sold_on'?"),
    # restriction, order
    ("restricted_field: blocked", "restricted_field: locked", f"{SHOP}.orders.privacy.restricted_field", "'blocked'?"),
    ("          restricted_field: blocked\n", "", f"{SHOP}.orders.privacy.restricted_value", "Add restricted_field"),
    ("erase_after: [shop.item]", "erase_after: [shop.items]", f"{SHOP}.orders.fides_meta.erase_after", "'item'?"),
    (
        "erase_after: [shop.item]",
        "erase_after: [mails.reader]",
        f"{SHOP}.orders.fides_meta.erase_after",
        "within one data set",
    ),
    (
        DELETES,
        f"        fides_meta: {{erase_after: [shop.orders]}}\n{DELETES}",
        "data_sets.shop",
        "wait for each other",
    ),
    # categories of ours
    (
        "{code: health, names: {pl: zdrowie}, special: true}",
        "{code: health, names: {pl: zdrowie}, fideslang: [user.contact]}\n"
        "  - {code: c, names: {pl: c}, fideslang: [user.contact]}",
        "data_categories.c.fideslang[0]",
        "health already",
    ),
]


def test_the_data_map_itself_is_right() -> None:
    read(DATA_MAP)


@pytest.mark.parametrize(("old", "new", "path", "message"), MISTAKES)
def test_each_mistake_is_told(old: str, new: str, path: str, message: str) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        read(data_map((old, new)))
    told = {problem.path: f"{problem.wrong} {problem.mend}" for problem in caught.value.problems}
    assert path in told
    assert message in told[path]


def test_a_data_set_that_nobody_holds_is_only_described() -> None:
    read(
        data_map(
            ("data_sets: [mails]\n    on_erasure: null", "data_sets: [other]"),
            (
                "data_sets:\n  - fides_key: shop",
                "data_sets:\n  - {fides_key: other, collections: []}\n  - fides_key: shop",
            ),
        )
    )


@given(
    damage=st.lists(
        st.tuples(st.integers(0, DATA_MAP.count("\n") - 1), st.integers(0, 9), st.sampled_from(JUNK)),
        min_size=1,
        max_size=3,
    )
)
def test_a_damaged_data_map_gets_mistakes_and_never_a_fault(damage: list[tuple[int, int, str]]) -> None:
    with contextlib.suppress(ProgrammeInvalid):
        read(damaged(DATA_MAP, damage))
