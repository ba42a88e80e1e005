"""The traversal in memory: what it reaches, what it leaves alone, and that it ends, whatever the map looks like."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.data_map import DataField, Direction, Place, Reference, Table
from privacy.systems.connector import Row
from privacy.systems.graph import Graph, Identifier, Node, Searched, Spot, Value, compared, row_id, values_at

Asked = dict[Spot, set[Value]]


def a_field(name: str, **changes: Any) -> DataField:
    values: dict[str, Any] = {
        **{"name": name, "description": None, "categories": (), "identity": None, "same_person": False},
        **{"primary_key": False, "references": (), "data_type": None, "length": None, "on_erasure": None},
        **{"constant": None, "keeping": None, "provided": True, "third_party": False, "hidden": False},
        "corrected_as": None,
    }
    return DataField(**values | changes)


def a_table(name: str, *fields: DataField) -> Table:
    return Table(name, None, fields, None, None)


def a_reference(place: str, direction: Direction | None = Direction.FROM) -> tuple[Reference, ...]:
    data_set, table, field = place.split(".")
    return (Reference(Place(data_set, table, field), direction),)


def ask(rows: Mapping[Node, Sequence[Row]], node: Node, graph: Graph, name: str, values: Sequence[Value]) -> list[Row]:
    kind = graph.kind_at(Spot(node, name))
    wanted = {compared(kind, value) for value in values}
    return [row for row in rows.get(node, ()) if wanted & {compared(kind, v) for v in values_at(row, name)}]


def traverse(
    graph: Graph,
    identifiers: Sequence[Identifier],
    stored: Mapping[Node, Sequence[Row]],
    *,
    order: random.Random | None = None,
    decided: Mapping[str, bool] | None = None,
) -> tuple[Searched, Asked, int]:
    """Ask until nothing is left, in any order; fails where a key is asked twice."""
    asked: Asked = defaultdict(set)
    found: dict[Node, list[Row]] = defaultdict(list)
    rounds = 0
    while True:
        searched = graph.search(identifiers, found, decided=decided)
        questions = list(searched.questions(asked))
        if not questions:
            return searched, asked, rounds
        rounds += 1
        if order is not None:
            order.shuffle(questions)
            questions = questions[: order.randint(1, len(questions))]
        for question in questions:
            for key in question.keys:
                spot = Spot(question.node, key.name)
                assert not asked[spot] & set(key.values)
                asked[spot] |= set(key.values)
                found[question.node] += ask(stored, question.node, graph, key.name, key.values)


SHOP = Node("shop", "shop", "customer")
INVOICE = Node("shop", "shop", "invoice")
LINE = Node("shop", "shop", "line")
TRACK = Node("shop", "shop", "track")
CRM = Node("crm", "crm", "contact")


def a_shop(direction: Direction | None = Direction.FROM, **customer: Any) -> Graph:
    return Graph(
        {
            SHOP: a_table(
                "customer",
                a_field("id", primary_key=True, **customer),
                a_field("email", identity="email"),
                a_field("phone", identity="phone", same_person=True),
                a_field("friend_email", identity=None),
            ),
            INVOICE: a_table(
                "invoice",
                a_field("id", primary_key=True),
                a_field("customer_id", references=a_reference("shop.customer.id", direction)),
                a_field("billing_email", identity="email"),
            ),
            LINE: a_table(
                "line",
                a_field("id", primary_key=True),
                a_field("invoice_id", references=a_reference("shop.invoice.id", direction)),
                a_field("track_id", references=a_reference("shop.track.id", direction)),
            ),
            TRACK: a_table("track", a_field("id", primary_key=True)),
            CRM: a_table("contact", a_field("id", primary_key=True), a_field("phone", identity="phone")),
        },
        one_per_person={"customer_id"},
    )


STORED: Mapping[Node, Sequence[Row]] = {
    SHOP: [
        {"id": 1, "email": "anna@example.com", "phone": "+48600100200"},
        {"id": 2, "email": "ANNA+shop@example.com", "phone": "+48600100201"},
        {"id": 3, "email": None, "phone": None},
        {"id": 4, "email": "", "phone": "%"},
        {"id": 5, "email": " anna@example.com", "phone": "_"},
    ],
    INVOICE: [
        {"id": 10, "customer_id": 1, "billing_email": None},
        {"id": 11, "customer_id": 2, "billing_email": None},
        {"id": 12, "customer_id": None, "billing_email": None},
        {"id": 13, "customer_id": 9, "billing_email": "Anna@Example.com"},
    ],
    LINE: [
        {"id": 100, "invoice_id": 10, "track_id": 7},
        {"id": 101, "invoice_id": 11, "track_id": 7},
        {"id": 102, "invoice_id": None, "track_id": None},
    ],
    TRACK: [{"id": 7}],
    CRM: [{"id": 1, "phone": "+48600100200"}, {"id": 2, "phone": "+48600100201"}, {"id": 3, "phone": None}],
}
ANNA = [Identifier("email", "anna@example.com")]


def ids(rows: Mapping[Node, Sequence[Row]]) -> dict[Node, set[Any]]:
    return {node: {row["id"] for row in some} for node, some in rows.items()}


def test_the_person_is_followed_through_systems_and_nobody_else_is() -> None:
    searched, _, _ = traverse(a_shop(), ANNA, STORED)
    assert ids(searched.sure) == {SHOP: {1}, INVOICE: {10, 13}, LINE: {100}, CRM: {1}}
    assert searched.doubtful == {}


def test_without_directions_a_parent_is_doubtful_and_leads_nowhere() -> None:
    searched, _, _ = traverse(a_shop(None), ANNA, STORED)
    assert ids(searched.sure) == {SHOP: {1}, INVOICE: {10, 13}, LINE: {100}, CRM: {1}}
    assert ids(searched.doubtful) == {TRACK: {7}}


def test_what_somebody_decided_is_followed_or_left_out() -> None:
    graph = a_shop(None)
    searched, _, _ = traverse(graph, ANNA, STORED)
    track = row_id(TRACK, graph.tables[TRACK], {"id": 7})
    refused, _, _ = traverse(graph, ANNA, STORED, decided={track: False})
    assert refused.doubtful == {}
    assert refused.sure == searched.sure
    taken, _, _ = traverse(graph, ANNA, STORED, decided={track: True})
    assert ids(taken.sure)[TRACK] == {7}
    assert ids(taken.sure)[LINE] == {100, 101}


def test_an_identifier_of_one_per_person_with_two_values_is_for_a_person() -> None:
    graph = a_shop(identity="customer_id")
    stored = {SHOP: [{"id": 1, "email": "anna@example.com"}, {"id": 2, "email": "anna@example.com"}]}
    searched, _, _ = traverse(graph, ANNA, stored)
    assert searched.sure == {}
    assert ids(searched.doubtful) == {SHOP: {1, 2}}
    known, _, _ = traverse(graph, [*ANNA, Identifier("customer_id", 1)], stored)
    assert ids(known.sure) == {SHOP: {1}}
    assert ids(known.doubtful) == {SHOP: {2}}


def test_a_shared_contact_alone_leads_to_nothing_sure() -> None:
    searched, _, _ = traverse(a_shop(), [Identifier("email", "anna@example.com", sure=False)], STORED)
    assert searched.sure == {}
    assert ids(searched.doubtful) == {SHOP: {1}, INVOICE: {13}}


def test_an_untrusted_identifier_found_on_the_way_makes_doubtful_what_it_leads_to() -> None:
    searched = a_shop().search(ANNA, {SHOP: STORED[SHOP], CRM: STORED[CRM]}, trust=lambda kind, _value: kind != "phone")
    assert ids(searched.sure) == {SHOP: {1}}
    assert ids(searched.doubtful) == {CRM: {1}}


@pytest.mark.parametrize("value", ["", " ", "%", "_", "**", "?"])
def test_an_empty_value_or_a_wildcard_is_never_asked(value: str) -> None:
    searched = a_shop().search([Identifier("email", value)], {})
    assert searched.questions({}) == ()


@pytest.mark.parametrize(
    ("given_", "stored", "same"),
    [
        ("anna@example.com", "ANNA@example.com", True),
        ("żaneta@example.com", "z\u0307aneta@example.com", True),
        ("anna+a@example.com", "anna@example.com", False),
        ("a.nna@example.com", "anna@example.com", False),
        ("anna@example.com", "anna@example.com ", False),
    ],
)
def test_addresses_are_compared_without_guessing(given_: str, stored: str, same: bool) -> None:
    searched = a_shop().search([Identifier("email", given_)], {SHOP: [{"id": 1, "email": stored}]})
    assert bool(searched.sure) == same


def test_identifiers_are_compared_exactly() -> None:
    node = Node("a", "a", "t")
    graph = Graph({node: a_table("t", a_field("id", primary_key=True), a_field("card", identity="card"))})
    rows = [{"id": n, "card": card} for n, card in enumerate(["Ab1", "ab1", "Ab1 ", "\u212bb1", "\u00c5b1", None, ""])]
    assert ids(graph.search([Identifier("card", "Ab1")], {node: rows}).sure) == {node: {0}}
    assert ids(graph.search([Identifier("card", "\u212bb1")], {node: rows}).sure) == {node: {3}}


def test_nested_values_and_lists_lead_on() -> None:
    one, other = Node("a", "a", "person"), Node("b", "b", "card")
    graph = Graph(
        {
            one: a_table(
                "person",
                a_field("email", identity="email"),
                a_field("cards", fields=(a_field("no", references=a_reference("b.card.no", Direction.TO)),)),
            ),
            other: a_table("card", a_field("no", primary_key=True)),
        }
    )
    stored = {
        one: [{"email": "anna@example.com", "cards": [{"no": "1"}, {"no": "2"}, {"no": None}, {}]}],
        other: [{"no": "1"}, {"no": "2"}, {"no": "3"}],
    }
    searched, _, _ = traverse(graph, ANNA, stored)
    assert {row["no"] for row in searched.sure[other]} == {"1", "2"}


# Random maps: tables of several systems, references with directions everywhere, to themselves and in circles.

_FEW = st.integers(0, 5)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Graph, dict[Node, list[Row]], list[tuple[Spot, Spot]]]:
    nodes = [Node(f"s{n % 3}", f"d{n % 3}", f"t{n}") for n in range(draw(st.integers(1, 6)))]
    names = ("a", "b", "c")
    ways: list[tuple[Spot, Spot]] = []
    references: dict[Spot, list[Reference]] = defaultdict(list)
    for _ in range(draw(st.integers(0, 8))):
        here = Spot(draw(st.sampled_from(nodes)), draw(st.sampled_from(names)))
        there = Spot(draw(st.sampled_from(nodes)), draw(st.sampled_from(names)))
        to = draw(st.booleans())
        place = Place(there.node.data_set, there.node.table, there.field)
        references[here].append(Reference(place, Direction.TO if to else Direction.FROM))
        ways.append((here, there) if to else (there, here))
    kinds = {Spot(node, name): draw(st.sampled_from([None, None, "x", "y"])) for node in nodes for name in names}
    same = {spot: draw(st.booleans()) for spot in kinds}
    tables = {
        node: a_table(
            node.table,
            a_field("id", primary_key=True),
            *(
                a_field(
                    name,
                    identity=kinds[Spot(node, name)],
                    same_person=same[Spot(node, name)] and kinds[Spot(node, name)] is not None,
                    references=tuple(references[Spot(node, name)]),
                )
                for name in names
            ),
        )
        for node in nodes
    }
    rows = {
        node: [
            {"id": f"{node.table}-{n}"} | {name: draw(st.none() | _FEW) for name in names}
            for n in range(draw(st.integers(0, 6)))
        ]
        for node in nodes
    }
    return Graph(tables), rows, ways


class Walk:
    """The same, walked row by row without keys or rounds."""

    def __init__(self, graph: Graph, rows: Mapping[Node, Sequence[Row]], ways: Sequence[tuple[Spot, Spot]]) -> None:
        self.graph, self.ways = graph, ways
        self.every = [(node, row) for node, some in rows.items() for row in some]

    def reached(self, kind: str, seed: int) -> set[str]:
        to_walk, walked = list(self.named(kind, seed)), set[str]()
        while to_walk:
            node, row = to_walk.pop()
            if row["id"] not in walked:
                walked.add(row["id"])
                to_walk += [*self.referred(node, row), *self.same_person(node, row)]
        return walked

    def named(self, kind: str, value: Any) -> Iterator[tuple[Node, Row]]:
        for node, row in self.every:
            for name, one in self.graph.tables[node].walk():
                if one.identity == kind and value is not None and row[name] == value:
                    yield node, row

    def referred(self, node: Node, row: Row) -> Iterator[tuple[Node, Row]]:
        for here, there in self.ways:
            if here.node == node and row[here.field] is not None:
                yield from ((n, r) for n, r in self.every if n == there.node and r[there.field] == row[here.field])

    def same_person(self, node: Node, row: Row) -> Iterator[tuple[Node, Row]]:
        for name, one in self.graph.tables[node].walk():
            if one.identity is not None and one.same_person:
                yield from self.named(one.identity, row[name])


@given(worlds(), _FEW, st.randoms(use_true_random=False))
def test_it_ends_with_exactly_the_rows_that_can_be_reached_whatever_the_order(
    world: tuple[Graph, dict[Node, list[Row]], list[tuple[Spot, Spot]]], seed: int, order: random.Random
) -> None:
    graph, rows, ways = world
    start = [Identifier("x", seed)]
    at_once, asked, rounds = traverse(graph, start, rows)
    by_and_by, also_asked, _ = traverse(graph, start, rows, order=order)
    assert {row["id"] for some in at_once.sure.values() for row in some} == Walk(graph, rows, ways).reached("x", seed)
    assert at_once == by_and_by
    assert asked == also_asked
    assert rounds <= 1 + sum(map(len, rows.values()))
