"""Settings of systems: what the file may say of an API, a processor and a person's task, and what it then means."""

from __future__ import annotations

from typing import Any

import pytest

from privacy import yaml_document
from privacy.programme.checking import Checking
from privacy.programme.connector_form import HTTP, MANUAL, OPENDSR
from privacy.programme.connector_settings import (
    AuthKind,
    IdentityFormat,
    PagingKind,
    http_settings,
    manual_settings,
    opendsr_settings,
)
from privacy.programme.form import Record

API = """\
base_url: https://crm.example.com/api/v2/
auth: {kind: header, header: X-Api-Key}
allow_private: [10.20.0.0/16]
tables:
  - table: contacts
    read:
      - by: email
        method: POST
        path: /contacts/search
        query: {limit: "100"}
        body: {filter: {email: "{email}"}, deep: [1, true, null]}
        rows: data.items
        paging: {kind: cursor, parameter: after, next: meta.next}
      - {by: id, method: GET, path: "/contacts/{id}", absent: [404]}
    update: {method: PATCH, path: "/contacts/{id}", body: "{*}"}
    delete: {method: DELETE, path: "/contacts/{id}"}
"""


def checked(form: Record, text: str) -> tuple[Any, list[str]]:
    file = yaml_document.load(text)
    checking = Checking(file)
    return form(checking, (), file.content), [str(problem) for problem in checking.problems]


def test_an_api_is_described_in_data() -> None:
    entry, problems = checked(HTTP, API)
    assert problems == []
    settings = http_settings(entry)
    assert settings.base_url == "https://crm.example.com/api/v2"
    assert settings.auth.kind is AuthKind.HEADER
    reads = settings.tables["contacts"].reads
    assert reads["email"].rows == "data.items"
    assert reads["email"].paging is not None
    assert reads["email"].paging.kind is PagingKind.CURSOR
    assert reads["id"].endpoint.absent == {404}
    assert settings.tables["contacts"].restrict is None


@pytest.mark.parametrize(
    ("given", "instead", "told"),
    [
        ("https://crm.example.com/api/v2/", "http://crm.example.com/api", "no such address"),
        ("https://crm.example.com/api/v2/", "https://user:pass@crm.example.com/", "no such address"),
        ("https://crm.example.com/api/v2/", "https://crm.example.com/?a=b", "no such address"),
        ("https://crm.example.com/api/v2/", "https://crm.example.com:99999/", "no such address"),
        ("https://crm.example.com/api/v2/", "gopher://crm.example.com/", "no such address"),
        ("https://crm.example.com/api/v2/", "file:///etc/passwd", "no such address"),
        ("https://crm.example.com/api/v2/", "https://crm.example.com/../admin", "no such address"),
        ("10.20.0.0/16", "10.20.0.1/16", "no network"),
        ("X-Api-Key", '"X-Api-Key\\r\\nHost: a"', "wrong form"),
        (", header: X-Api-Key", "", "The field is missing"),
        ("{kind: header, header: X-Api-Key}", "{kind: oauth}", "oauth needs it"),
        ('"{email}"', '"email eq {email}"', "mixes a value with text"),
        ('"{email}"', '"{__class__.x}{email}"', "mixes a value with text"),
        ('"{email}"', '"anna"', "look for its own field"),
        ('"{email}"', '"{id}"', "look for its own field"),
        ('limit: "100"', 'limit: "{*}"', "one value"),
        ("next: meta.next", "first: 1", "Say where"),
        ("parameter: after, ", "", "Name the parameter"),
        ("path: /contacts/search", "path: /../search", "is no path"),
        ("path: /contacts/search", 'path: "/contacts?x=1"', "is no path"),
        ("path: /contacts/search", 'path: "/contacts/a{email}"', "is no path"),
        ('delete: {method: DELETE, path: "/contacts/{id}"}', "delete: {method: DELETE, path: /all}", "names no row"),
        ("method: PATCH", "method: GET", "no such word"),
        ("absent: [404]}\n    update", "most_values: 9}\n    update", "fits into a body alone"),
        ("[1, true, null]", "[1.5]", "no whole number"),
        ("    update:", "    upsert:", "no field here"),
    ],
)
def test_what_would_be_dangerous_or_does_not_fit_is_told(given: str, instead: str, told: str) -> None:
    assert given in API
    _, problems = checked(HTTP, API.replace(given, instead, 1))
    assert any(told in problem for problem in problems), problems


def test_a_processor_and_a_task_for_a_person() -> None:
    entry, problems = checked(
        OPENDSR,
        "base_url: https://opendsr.example.com/v2\ndomain: example.com\ncontroller_id: c-1\n"
        "identities:\n  - {identity: email, identity_type: email, identity_format: sha256}\n",
    )
    assert problems == []
    settings = opendsr_settings(entry)
    assert settings.identities[0].identity_format is IdentityFormat.SHA256
    assert settings.our_domain is None
    entry, problems = checked(MANUAL, "who: archive\n")
    assert problems == []
    assert manual_settings(entry).within_days == 7
