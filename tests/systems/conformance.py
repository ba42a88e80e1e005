"""What every connector must do, whatever it connects to: one set of tests, run for each kind of system.

A kind of system brings a `Lab`: it holds the two tables below, looks at them behind the connector's back, and breaks in
every way that such a system can. Its test module has a fixture `lab` and a class that inherits from `Conformance`.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol
from uuid import UUID

import pytest

from privacy.programme.data_map import Table
from privacy.systems.connector import (
    Connector,
    Key,
    RowChange,
    SystemFailure,
    SystemRefused,
    TableChange,
    Task,
    TooManyRows,
    Verb,
)
from tests.systems.test_graph import a_field, a_reference

#: A person: known by e-mail address, by a code in letters that tells people apart, by a number.
PERSON = Table(
    "person",
    None,
    (
        a_field("id", primary_key=True, data_type="integer"),
        a_field("email", identity="email", data_type="string"),
        a_field("code", data_type="string"),
        a_field("name", data_type="string"),
    ),
    None,
    None,
)
#: What a person did: a child of the table above.
VISIT = Table(
    "visit",
    None,
    (
        a_field("id", primary_key=True, data_type="integer"),
        a_field("person_id", data_type="integer", references=a_reference("lab.person.id")),
        a_field("place", data_type="string"),
    ),
    None,
    None,
)
TASK = Task(UUID(int=1), UUID(int=2))
MAIL, CODE = "anna@example.com", "Zoë-7"
#: Who has nearly the same code or address, and is somebody else.
LOOKALIKES = (
    *("zoë-7", "ZOË-7", "Zoe-7", "Zoë-7 ", " Zoë-7", "Zoë-70", "Zo%-7", "Zo_-7", unicodedata.normalize("NFD", CODE)),
    *("Ｚoë-7", "Zoё-7", "Zoë‑7", "Zoë-7\t", "Zoë-07", "%", "_", "*", ""),
)
OTHER_MAILS = (
    *("anna+tag@example.com", "an.na@example.com", " anna@example.com", "anna@example.com ", "anna@example.com.pl"),
    *("ánna@example.com", "anna@exàmple.com", "%@example.com", "anna_example.com", ""),
)
INJECTIONS = (
    *("' OR '1'='1", "' OR 1=1 --", '" OR ""="', "'; DROP TABLE visit; --", '"; DROP TABLE visit; --', "\\' OR 1=1 --"),
    *("') OR ('1'='1", "1; DELETE FROM visit", "' UNION SELECT 1,2,3,4 --", "' AND SLEEP(5) --", "%' OR 1=1 #", "`"),
    *(
        "'; SELECT pg_sleep(5); --",
        "'||(SELECT 1)||'",
        "/* */ OR 1=1",
        "\\",
        "\\\\'",
        "%s",
        "%(email)s",
        ":email",
        "?1",
    ),
    *("{email}", "{0.__class__}", "{{7*7}}", "${jndi:ldap://x}", "$(reboot)", "../../etc/passwd", "\r\nX: y"),
    *("1 OR 1=1", "NULL"),
)
HOSTILE_NAMES = (
    *("visit; DROP TABLE visit", 'person" --', "person` --", "person' --", "(SELECT 1)", "person, visit", "person p"),
    *("main.person; --", "pg_catalog.pg_authid", "mysql.user", "sqlite_master", "information_schema.tables", ""),
    *("PERSON", "person ", "../person", "person/1", "person?x=1", "person%00", "{table}"),
)

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class Lab(Protocol):
    """One system of a kind, empty at first."""

    def put(self, rows: Rows) -> None:
        """Rows of `person` and `visit`, behind the connector's back."""

    def rows(self) -> Rows:
        """Every row of both tables in order of their keys, behind the connector's back."""

    def connect(self) -> AbstractContextManager[Connector]:
        """A new connector, closed at the end."""

    def broken(self, fault: str) -> AbstractContextManager[None]:
        """The system is broken in one of the ways of `Conformance.faults`, and mended at the end."""


def a_person(number: int, **values: Any) -> dict[str, Any]:
    return {"id": number, "email": f"p{number}@example.com", "code": f"C-{number}", "name": f"N{number}", **values}


def a_visit(number: int, person: int | None) -> dict[str, Any]:
    return {"id": number, "person_id": person, "place": f"P{number}"}


def anna_and_others() -> dict[str, list[dict[str, Any]]]:
    """Anna with two visits, and somebody else with one."""
    return {
        "person": [a_person(1, email=MAIL, code=CODE, name="Anna"), a_person(2)],
        "visit": [a_visit(10, 1), a_visit(11, 1), a_visit(12, 2)],
    }


def ids(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


#: Anna loses her name, and her visits go.
ERASURE = (
    TableChange("visit", (RowChange({"id": 10}, delete=True), RowChange({"id": 11}, delete=True))),
    TableChange("person", (RowChange({"id": 1}, values={"name": "erased"}),)),
)


class Conformance:
    """The tests. `faults` are the ways in which the lab breaks."""

    faults: ClassVar[Sequence[str]] = ()
    #: Whether several changes are made together or not at all.
    atomic: ClassVar[bool] = True

    @pytest.fixture
    def connector(self, lab: Lab) -> Iterator[Connector]:
        with lab.connect() as made:
            yield made

    def test_rows_are_found_by_any_of_the_keys_each_once_in_order(self, lab: Lab, connector: Connector) -> None:
        lab.put(anna_and_others())
        found = connector.find(TASK, PERSON, [Key("email", (MAIL, "nobody@example.com")), Key("id", (1, 2))], limit=9)
        assert list(found.rows) == anna_and_others()["person"]
        visits = connector.find(TASK, VISIT, [Key("person_id", (1,))], limit=9)
        assert list(visits.rows) == anna_and_others()["visit"][:2]

    def test_a_code_is_compared_to_the_letter(self, lab: Lab, connector: Connector) -> None:
        others = [a_person(number, code=code) for number, code in enumerate(LOOKALIKES, 2)]
        lab.put({"person": [a_person(1, code=CODE), *others, a_person(99, code=None)], "visit": []})
        assert ids(connector.find(TASK, PERSON, [Key("code", (CODE,))], limit=99).rows) == [1]
        assert connector.count(TASK, PERSON, [Key("code", (CODE,))]) == 1

    def test_an_address_is_one_in_upper_and_lower_case_and_in_nothing_else(
        self, lab: Lab, connector: Connector
    ) -> None:
        others = [a_person(number, email=mail) for number, mail in enumerate(OTHER_MAILS, 3)]
        same = [a_person(1, email=MAIL), a_person(2, email="Anna@EXAMPLE.com")]
        lab.put({"person": [*same, *others, a_person(99, email=None)], "visit": []})
        for written in (MAIL, MAIL.upper()):
            assert ids(connector.find(TASK, PERSON, [Key("email", (written,))], limit=99).rows) == [1, 2]
            assert connector.count(TASK, PERSON, [Key("email", (written,))]) == 2

    def test_a_number_is_no_text_that_starts_like_it(self, lab: Lab, connector: Connector) -> None:
        lab.put(anna_and_others())
        for value in ("1x", "01", "+1", "1.0", " 1", "1e0", "0x1", "١", "1\0", str(2**80)):
            assert connector.find(TASK, PERSON, [Key("id", (value,))], limit=9).rows == (), value
        assert ids(connector.find(TASK, PERSON, [Key("id", ("1",))], limit=9).rows) == [1]

    def test_whoever_has_no_value_is_never_found(self, lab: Lab, connector: Connector) -> None:
        nobody = [
            a_person(number, email=mail, code=code) for number, (mail, code) in enumerate([(None, None), ("", "")])
        ]
        lab.put({"person": nobody, "visit": [a_visit(1, None)]})
        for value in ("", " ", "%", "_", "*", "\t"):
            with pytest.raises(ValueError, match="names nobody"):
                Key("code", (value,))
        with pytest.raises(ValueError, match="without values"):
            Key("code", ())
        assert connector.find(TASK, PERSON, [], limit=9).rows == ()
        for value in ("None", "NULL", "null", "0"):
            assert connector.find(TASK, PERSON, [Key("code", (value,)), Key("email", (value,))], limit=9).rows == ()

    def test_more_rows_than_expected_are_refused_and_counted(self, lab: Lab, connector: Connector) -> None:
        lab.put({"person": [a_person(1)], "visit": [a_visit(number, 1) for number in range(1, 6)]})
        key = [Key("person_id", (1,))]
        assert len(connector.find(TASK, VISIT, key, limit=5).rows) == connector.count(TASK, VISIT, key) == 5
        with pytest.raises(TooManyRows) as told:
            connector.find(TASK, VISIT, key, limit=4)
        assert told.value.table == "visit"
        assert told.value.found == 5

    def test_what_looks_like_a_statement_is_a_value(self, lab: Lab, connector: Connector) -> None:
        rows = {"person": [a_person(n, code=text) for n, text in enumerate(INJECTIONS, 1)], "visit": [a_visit(1, 1)]}
        lab.put(rows)
        before = lab.rows()
        for number, text in enumerate(INJECTIONS, 1):
            assert ids(connector.find(TASK, PERSON, [Key("code", (text,))], limit=9).rows) == [number], text
            assert connector.find(TASK, PERSON, [Key("email", (text,)), Key("id", (text,))], limit=9).rows == (), text
        assert lab.rows() == before

    def test_what_looks_like_a_statement_is_written_as_it_is(self, lab: Lab, connector: Connector) -> None:
        lab.put({"person": [a_person(n) for n in range(1, len(INJECTIONS) + 1)], "visit": [a_visit(1, 1)]})
        rows = tuple(RowChange({"id": n}, values={"name": text}) for n, text in enumerate(INJECTIONS, 1))
        connector.change(TASK, Verb.RECTIFY, [PERSON], [TableChange("person", rows)])
        assert [row["name"] for row in lab.rows()["person"]] == list(INJECTIONS)
        assert lab.rows()["visit"] == [a_visit(1, 1)]

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_a_table_that_is_not_there_is_not_asked(self, lab: Lab, connector: Connector, name: str) -> None:
        lab.put(anna_and_others())
        table = Table(name, None, PERSON.fields, None, None)
        gone = TableChange(name, (RowChange({"id": 1}, delete=True),))
        with pytest.raises(SystemRefused):
            connector.find(TASK, table, [Key("id", (1,))], limit=9)
        with pytest.raises(SystemRefused):
            connector.count(TASK, table, [Key("id", (1,))])
        with pytest.raises(SystemFailure):
            connector.change(TASK, Verb.ERASE, [table], [gone])
        assert lab.rows() == anna_and_others()

    @pytest.mark.parametrize("name", ["id = 1 OR id", 'id" --', "id` --", "CODE", "(SELECT 1)", "", "id, code", "1"])
    def test_a_field_that_is_not_there_is_not_asked(self, lab: Lab, connector: Connector, name: str) -> None:
        lab.put(anna_and_others())
        table = Table("person", None, (*PERSON.fields, a_field(name, data_type="string")), None, None)
        with pytest.raises(SystemRefused):
            connector.find(TASK, PERSON, [Key(name, ("1",))], limit=9)
        with pytest.raises(SystemFailure):
            connector.change(
                TASK, Verb.ERASE, [table], [TableChange("person", (RowChange({"id": 1}, values={name: "x"}),))]
            )
        assert lab.rows() == anna_and_others()

    def test_a_change_concerns_its_rows_alone_and_may_be_repeated(self, lab: Lab, connector: Connector) -> None:
        lab.put(anna_and_others())
        done = connector.change(TASK, Verb.ERASE, [PERSON, VISIT], ERASURE)
        assert (done.deleted, done.changed) == ({"visit": 2}, {"person": 1})
        after = lab.rows()
        assert after == {
            "person": [a_person(1, email=MAIL, code=CODE, name="erased"), a_person(2)],
            "visit": [a_visit(12, 2)],
        }
        assert connector.change(TASK, Verb.ERASE, [PERSON, VISIT], ERASURE) == done
        with lab.connect() as another:
            assert another.change(TASK, Verb.ERASE, [PERSON, VISIT], ERASURE) == done
        assert lab.rows() == after

    def test_a_value_may_be_emptied(self, lab: Lab, connector: Connector) -> None:
        lab.put(anna_and_others())
        change = TableChange("person", (RowChange({"id": 1}, values={"name": None, "code": None}),))
        assert connector.change(TASK, Verb.ERASE, [PERSON], [change]).changed == {"person": 1}
        assert lab.rows()["person"][0] == a_person(1, email=MAIL, code=None, name=None)

    def test_a_row_without_a_key_is_never_changed(self, lab: Lab, connector: Connector) -> None:
        lab.put(anna_and_others())
        for key in ({}, {"id": None}, {"id": ""}, {"id": "1x"}, {"id": "1 OR 1=1"}):
            with pytest.raises(SystemFailure):
                connector.change(TASK, Verb.ERASE, [PERSON], [TableChange("person", (RowChange(key, delete=True),))])
        assert lab.rows() == anna_and_others()

    def test_all_is_changed_or_nothing(self, lab: Lab, connector: Connector) -> None:
        if not self.atomic:
            return  # A system of this kind has no transactions: what fails half-way is repeated.
        lab.put(anna_and_others())
        impossible = TableChange("person", (RowChange({"id": 1}, values={"nothing": "x"}),))
        with pytest.raises(SystemRefused):
            connector.change(TASK, Verb.ERASE, [PERSON, VISIT], [ERASURE[0], impossible])
        assert lab.rows() == anna_and_others()

    def test_many_keys_are_asked_in_parts(self, lab: Lab, connector: Connector) -> None:
        lab.put({"person": [a_person(n) for n in range(1, 21)], "visit": []})
        numbers = Key("id", tuple(range(1, 1_301)))
        codes = Key("code", ("C-3", "C-20", *(f"X-{n}" for n in range(700))))
        found = connector.find(TASK, PERSON, [numbers, codes], limit=99).rows
        assert ids(found) == list(range(1, 21))
        assert connector.count(TASK, PERSON, [numbers, codes]) == 20

    def test_a_failure_is_honest_and_says_nothing_of_anybody(self, lab: Lab, fault: str) -> None:
        lab.put(anna_and_others())
        with lab.broken(fault), lab.connect() as connector:
            with contextlib.suppress(SystemFailure):
                found = connector.find(TASK, PERSON, [Key("email", (MAIL,))], limit=9)
                assert ids(found.rows) == [1], "it answers truly or not at all"
            with pytest.raises(SystemFailure) as told:
                connector.change(TASK, Verb.ERASE, [PERSON, VISIT], ERASURE)
            self.ensure_silent(told.value)
        if self.atomic:
            assert lab.rows() == anna_and_others()
        with lab.connect() as connector:
            done = connector.change(TASK, Verb.ERASE, [PERSON, VISIT], ERASURE)
        assert (done.deleted, done.changed) == ({"visit": 2}, {"person": 1})

    @staticmethod
    def ensure_silent(failure: BaseException | None) -> None:
        """Neither the text nor what Python shows of its causes repeats a value."""
        assert failure is not None
        assert failure.__cause__ is None
        assert failure.__suppress_context__ or failure.__context__ is None
        for text in (str(failure), repr(failure)):
            assert not any(value in text for value in (MAIL, CODE, "Anna", "erased"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every fault of the kind of system is a test. Imported by each test module, so that pytest finds it there."""
    if "fault" in metafunc.fixturenames and metafunc.cls is not None:
        metafunc.parametrize("fault", metafunc.cls.faults)
