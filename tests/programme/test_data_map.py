"""The data map of a programme: what a file says, what is meant where it is silent, and that Fides' own files load."""

from __future__ import annotations

from pathlib import Path

import pytest

from privacy.programme.build import build
from privacy.programme.data_map import ConnectorKind, Direction, Keeping, Place, Reference, Strategy
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read, write
from privacy.programme.types import Programme
from privacy.yaml_document import FileInvalid
from tests.programme.data_maps import DATA_MAP, DATA_SETS, FIDES_FILE, SYSTEMS, data_map
from tests.programme.documents import EXAMPLE, SMALL, line_of


def _built(text: str, *files: Path) -> Programme:
    document = read(text, files)
    return build(document.content, number=1, applied_at=0, sha256=document.sha256)


def _fides(folder: Path, text: str = FIDES_FILE) -> Path:
    path = folder / "helpdesk.yml"
    path.write_text(text)
    return path


def test_a_programme_without_a_data_map_is_the_same_document_as_ever() -> None:
    assert read(SMALL).content.keys().isdisjoint({"systems", "data_sets", "request_rules", "holidays"})
    programme = _built(SMALL)
    assert (programme.systems, programme.data_sets) == ({}, {})


def test_a_system_is_what_the_file_says() -> None:
    shop = _built(DATA_MAP).systems["shop"]
    assert (shop.connector, shop.controllers, shop.processor) == (ConnectorKind.SQL, ("shop",), None)
    assert (shop.data_sets, shop.purposes, shop.settings) == (("shop",), ("orders",), {})


def test_a_field_is_what_the_file_says() -> None:
    email = _built(DATA_MAP).data_sets["shop"].tables["customer"].field("email")
    assert (email.identity, email.same_person, email.corrected_as) == ("email", True, "email")
    assert (email.categories, email.data_type, email.length) == (("contact",), "string", 40)
    assert email.on_erasure is Strategy.NULL, "null without quotes is the strategy of that name"


def test_what_a_person_provided_is_what_is_personal_and_neither_inferred_nor_another_persons() -> None:
    fields = _built(DATA_MAP).data_sets["shop"].tables["customer"].walk()
    assert {name for name, one in fields if one.provided} == {"email", "name"}


def test_a_table_keeps_for_a_statute_from_a_day_of_its_rows() -> None:
    orders = _built(DATA_MAP).data_sets["shop"].tables["orders"]
    assert (orders.on_erasure, orders.keeping) == (Strategy.KEEP, Keeping("sale", "sold_on"))
    assert (orders.restricted_field, orders.restricted_value) == ("blocked", 1)
    assert (orders.erase_after, orders.purposes, orders.primary_key) == (("item",), ("orders",), ("id",))


def test_references_lead_across_data_sets() -> None:
    tables = _built(DATA_MAP).data_sets["mails"].tables
    assert tables["reader"].field("address").references == (Reference(Place("shop", "customer", "email"), None),)


def test_categories_come_from_the_nearest_that_says_some() -> None:
    tables = _built(DATA_MAP).data_sets["shop"].tables
    assert tables["item"].field("order_id").categories == ("contact",)
    assert tables["customer"].field("name").categories == ("user.name",)


def test_skipped_tables_are_known_and_not_asked() -> None:
    shop = _built(DATA_MAP).data_sets["shop"]
    assert ("build_log" in shop.tables, shop.skipped) == (False, ("build_log",))


def test_a_system_says_what_happens_to_personal_fields_that_say_nothing() -> None:
    reader = _built(DATA_MAP).data_sets["mails"].tables["reader"]
    assert {name: one.on_erasure for name, one in reader.walk()} == {
        "id": None,
        "address": None,  # a key that leads to the customer, and no identity of its own
        "settings": None,
        "settings.language": Strategy.NULL,
        "settings.theme": None,
    }


def test_a_system_may_delete_the_rows_of_tables_that_say_nothing() -> None:
    programme = _built(
        data_map(("data_sets: [mails]\n    on_erasure: null", "data_sets: [mails]\n    on_erasure: delete_row"))
    )
    assert programme.data_sets["mails"].tables["reader"].on_erasure is Strategy.DELETE_ROW


def test_a_data_map_survives_a_round_trip() -> None:
    document = read(DATA_MAP)
    assert read(write(document)) == document


def test_fideslang_categories_are_ours_where_the_programme_says_so() -> None:
    plain = "- {code: contact, names: {pl: kontakt}}"
    programme = _built(
        SMALL.replace(plain, "- {code: contact, names: {pl: kontakt}, fideslang: [user.contact, user.name]}")
    )
    found = [programme.category(key) for key in ("contact", "user.contact.email", "user.contacts", "user", "other")]
    assert [one.code if one else None for one in found] == ["contact", "contact", None, None, None]


# --- files of Fides


def test_a_file_of_fides_loads_as_it_is(tmp_path: Path) -> None:
    programme = _built(SMALL, _fides(tmp_path))
    helpdesk = programme.data_sets["helpdesk_postgres"]
    assert list(helpdesk.tables) == ["public.agent", "ticket", "message"]
    assert helpdesk.tables["public.agent"].field("email").identity == "email"
    assert helpdesk.tables["public.agent"].primary_key == ("id",)
    agent = Reference(Place("helpdesk_postgres", "public.agent", "id"), Direction.TO)
    assert helpdesk.tables["ticket"].field("agent_id").references == (agent,)
    assert (helpdesk.tables["ticket"].on_erasure, helpdesk.tables["ticket"].erase_after) == (
        Strategy.DELETE_ROW,
        ("message",),
    )


def test_masking_strategies_of_fides_promise_no_more_than_they_keep(tmp_path: Path) -> None:
    message = _built(SMALL, _fides(tmp_path)).data_sets["helpdesk_postgres"].tables["message"]
    nick = message.field("author.nick")
    assert (nick.on_erasure, nick.constant, nick.length) == (Strategy.CONSTANT, "gone", 30)
    assert message.field("author.ip").on_erasure is Strategy.HASH
    assert message.field("phones").identity == "phone", "Fides calls it phone_number"


def test_data_sets_of_files_are_added_and_checked_with_the_programme(tmp_path: Path) -> None:
    whole = read(SMALL + SYSTEMS + DATA_SETS)
    apart = _fides(tmp_path, DATA_SETS.replace("data_sets:", "dataset:"))
    assert read(SMALL + SYSTEMS, [apart]) == whole


def test_a_mistake_names_the_file_and_its_line(tmp_path: Path) -> None:
    wrong = FIDES_FILE.replace("primary_key: True", "primary_kee: True")
    with pytest.raises(ProgrammeInvalid) as caught:
        read(SMALL, [_fides(tmp_path, wrong)])
    [problem] = caught.value.problems
    assert problem.line == line_of(wrong, "primary_kee")
    assert problem.path.startswith("helpdesk.yml: data_sets.helpdesk_postgres.collections.public.agent.fields.id.")
    assert "Did you mean 'primary_key'?" in problem.mend


def test_a_data_set_that_a_file_repeats_is_told(tmp_path: Path) -> None:
    file = _fides(tmp_path, DATA_SETS.replace("data_sets:", "dataset:"))
    with pytest.raises(ProgrammeInvalid) as caught:
        read(DATA_MAP, [file])
    assert {problem.path for problem in caught.value.problems} == {
        "helpdesk.yml: data_sets.shop",
        "helpdesk.yml: data_sets.mails",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("system: []\ndataset: []\n", "Only data sets are read here."),
        ("data_sets: []\n", "There is no list of data sets."),
        ("- a\n", "There is no list of data sets."),
        ("dataset: [\n", "This is not YAML"),
    ],
)
def test_a_file_of_another_form_is_one_clear_problem(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FileInvalid, match=message):
        read(SMALL, [_fides(tmp_path, text)])


def test_the_example_has_systems_of_every_kind() -> None:
    assert {system.connector for system in _built(EXAMPLE.read_text()).systems.values()} == set(ConnectorKind)
