"""The description: valid OpenAPI 3.1 that a generator accepts, changed on purpose only, and in the manual."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.contract import snapshot
from tests.rules.source import ROOT

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: Status, phrase and shape of these are the same for every operation.
_MANUAL = ROOT / "docs" / "api.md"
#: What anybody may ask: how a protocol is spoken here.
_OWN = "/api/v1/requests/{request_id}"
#: A person has no key: a code opens their session, and its token is what the others look for.
_OF_A_PERSON = {
    ("post", f"{_OWN}/code"),
    ("post", f"{_OWN}/session"),
    ("post", "/api/v1/requests/stop"),
    ("get", f"{_OWN}/own"),
    ("get", f"{_OWN}/package"),
}
_WITHOUT_REPEATS = (
    "/check",
    "/lookup",
    "/batch",
    "/file",
    "/files",
    "/bundles",
    "/sign-on",
    "/timeline",
    "/to-confirm",
)
_PUBLIC = {("get", "/opendsr/v2/discovery"), ("get", "/opendsr/v2/certificate"), *_OF_A_PERSON}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    kept = {"info": {"version": "1"}, **snapshot.described()}
    kept["info"]["version"] = "1"
    return kept


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in spec["paths"].items():
        for method in ("get", "put", "post", "delete", "patch"):
            if method in item:
                yield method, path, item[method]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def test_it_changes_on_purpose_only() -> None:
    now = snapshot.text(snapshot.described())
    assert now == snapshot.FILE.read_text(), "if you meant it: python -m tests.contract.snapshot"


def test_it_is_valid(spec: dict[str, Any]) -> None:
    OPENAPI_31_VALIDATOR.validate(spec)
    for schema in spec["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_a_generator_finds_a_name_for_everything(spec: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(spec)]
    assert len(ids) == len(set(ids))
    assert all(_NAME.fullmatch(name) for name in [*ids, *spec["components"]["schemas"]])
    for method, path, operation in operations(spec):
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media_type, body in [pair for part in contents for pair in part.get("content", {}).items()]:
            if media_type == "application/json":
                assert set(body["schema"]) == {"$ref"}, f"{method} {path}: a schema without a name"


def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    for node in nodes(spec):
        if isinstance(node.get("$ref"), str):
            found: Any = spec
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]


def test_examples_are_what_they_show(spec: dict[str, Any]) -> None:
    found = [node for node in nodes(spec) if isinstance(node.get("examples"), list)]
    assert found
    for node in found:
        for example in node["examples"]:
            jsonschema_rs.validate({**node, "components": spec["components"]}, example)


def test_reasons_are_a_closed_list(spec: dict[str, Any]) -> None:
    reasons = spec["components"]["schemas"]["DecisionOut"]["properties"]["reason"]
    assert reasons == {"$ref": "#/components/schemas/Reason"}
    assert {"given", "other_legal_basis", "withdrawn", "channel_not_allowed"} <= set(
        spec["components"]["schemas"]["Reason"]["enum"]
    )


def test_every_operation_needs_a_key_and_says_what_can_go_wrong(spec: dict[str, Any]) -> None:
    for method, path, operation in operations(spec):
        if (method, path) in _PUBLIC:
            assert operation["security"] == [], (method, path)
            assert {"400", "500", "503"} <= set(operation["responses"]), (method, path)
        else:
            assert operation["security"] == [{"bearer": []}], (method, path)
            assert {"400", "401", "403", "429", "500", "503"} <= set(operation["responses"]), (method, path)
        writes = any(p.get("name") == "Idempotency-Key" for p in operation.get("parameters", []))
        # A file is too long to be compared with an earlier one; it comes once, and a second one is a conflict.
        # Evidence is made anew each time, and each taking of it is an event of its own.
        # The token of a session is shown once and never kept for a repeat. Without a key nobody could tell whose
        # repeat it is.
        safe = method == "get" or path.endswith(_WITHOUT_REPEATS) or (method, path) in _PUBLIC
        assert writes != safe, (method, path)


def test_every_operation_is_in_the_manual(spec: dict[str, Any]) -> None:
    page = _MANUAL.read_text()
    told = set(re.findall(r"^\| `(GET|PUT|POST|DELETE) (/(?:api|opendsr|drp)/v[^`]*)`", page, re.MULTILINE))
    assert told == {(method.upper(), path) for method, path, _ in operations(spec)}
