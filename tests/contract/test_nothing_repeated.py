"""Personal data in every field, header, path and query of every route: no error and no line of the log repeats them.

The redaction of the logs is off here. It is the second line of defence; this looks at the first.
"""

from __future__ import annotations

import copy
import functools
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, request

from privacy import logs
from tests.callers import ANNA, API, Caller, Service, a_give
from tests.canaries import markers
from tests.canaries.hunt import Hunt
from tests.contract.test_bad_input import BODIES
from tests.rules.source import ROOT

PERSON = markers.people()[0]
#: What shape they have makes no difference without the redaction.
MARKERS = (PERSON.name, PERSON.email)
HUNT = Hunt(PERSON.markers.values())
HEADERS = ("User-Agent", "Referer", "Cookie", "traceparent", "X-Request-Id", "X-Forwarded-For", "Accept", "Origin")
MORE_HEADERS = ("Accept-Language", "If-None-Match", "If-Modified-Since", "Idempotency-Key", "Content-Type", "Range")
CHANGES = {"add": {"phone": "+48600100201"}, "retire": {"phone": ANNA["phone"]}}
REFUSED = {"ground": "17_3_e", "facts": "a claim is pending", "what": "shop"}
#: For each operation that takes JSON, beside those of `BODIES`: a body that is understood.
MORE_BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/registers"): {
        "kind": "training",
        "title": "Wprowadzenie",
        "owner": "ewa",
        "activities": ["marketing"],
        "purposes": ["offers"],
        "processors": ["printer"],
        "held_on": "2026-11-20",
        "review_on": "2027-11-20",
        "answers": {"topics": "rights"},
    },
    ("POST", "/registers/{entry_id}/change"): {"version": 1, "title": "Wprowadzenie", "answers": {"topics": "rights"}},
    ("POST", "/registers/{entry_id}/advise"): {"version": 1, "advice": "ask first"},
    ("POST", "/registers/{entry_id}/decide"): {"version": 1, "outcome": "held", "reason": "done"},
    ("POST", "/registers/{entry_id}/consultation"): {"version": 1, "on": "2026-11-20", "answer": "go on"},
    ("POST", "/registers/{entry_id}/review"): {"version": 1, "review_on": "2027-11-20", "reason": "stands"},
    ("POST", "/registers/{entry_id}/renew"): {"version": 1},
    ("POST", "/registers/{entry_id}/files/{file_id}/remove"): {"version": 1},
    ("POST", "/registers/{entry_id}/cancel"): {"version": 1, "reason": "twice"},
    ("POST", "/audit/bundles"): {"subject": ANNA},
    ("POST", "/breaches"): {
        "words": "A list lies open.",
        "controller": "retail",
        "processor": "printer",
        "facts": {"incident": {"description": "A list lies open."}},
    },
    ("POST", "/breaches/{breach_id}/facts"): {
        "version": 1,
        "facts": {"incident": {"systems": ["shop"]}},
        "reason": "logs",
    },
    ("POST", "/breaches/{breach_id}/aware"): {"version": 1, "reason": "logs", "aware_at": "2026-11-20T16:40+01:00"},
    ("POST", "/breaches/{breach_id}/correct-awareness"): {
        "version": 1,
        "reason": "logs",
        "aware_at": "2026-11-20T16:40+01:00",
    },
    ("POST", "/breaches/{breach_id}/correct-detection"): {
        "version": 1,
        "reason": "logs",
        "detected_at": "2026-11-20T08:15+01:00",
    },
    ("POST", "/breaches/{breach_id}/assess"): {
        "version": 1,
        "assessment": {
            "risk": "risk",
            "what": "a list",
            "whose": "customers",
            "sensitivity": "addresses",
            "ease": "easily",
            "done": "closed",
            "consequences": "mail",
            "enisa": {"data": [{"category": "simple", "adjusted": 1, "why": "wealth"}], "ease": "maximum"},
        },
        "reason": "new",
    },
    ("POST", "/breaches/{breach_id}/opine"): {
        "version": 1,
        "opinion": {"notify": True, "tell": True, "reasons": "PESEL"},
    },
    ("POST", "/breaches/{breach_id}/decide"): {
        "version": 1,
        "decision": {"notify": True, "tell": True, "reasons": "as advised"},
    },
    ("POST", "/breaches/{breach_id}/notifications"): {
        "version": 1,
        "kind": "initial",
        "way": "biznes_gov",
        "clock": "authority",
        "reference": "DKN.1",
        "reasons": "late",
    },
    ("POST", "/breaches/{breach_id}/tasks"): {
        "version": 1,
        "title": "Call the printer",
        "due_at": "2026-11-30T10:00+01:00",
        "owner": "ewa",
    },
    ("POST", "/breaches/{breach_id}/tasks/assign"): {"version": 1, "task": 1, "owner": "ewa", "reason": "away"},
    ("POST", "/breaches/{breach_id}/tasks/end"): {"version": 1, "task": 1, "state": "done", "reason": "done"},
    ("POST", "/breaches/{breach_id}/{step}"): {"version": 1, "reason": "a note"},
    ("POST", "/breaches/{breach_id}/affected/list"): {"subjects": [ANNA]},
    ("POST", "/breaches/{breach_id}/affected/acts"): {"acts": {"source_system": "shop", "act": "give"}},
    ("POST", "/breaches/{breach_id}/affected/data-map"): {"data_map": {"system": "crm", "tables": ["contact"]}},
    ("POST", "/breaches/{breach_id}/communications"): {"words": {"pl": {"happened": "Kradzież."}}},
    ("POST", "/breaches/{breach_id}/communications/{number}/amend"): {"words": {"pl": {"happened": "Kradzież."}}},
    ("POST", "/breaches/{breach_id}/communications/{number}/approve"): {"version": 1},
    ("POST", "/breaches/{breach_id}/communications/{number}/letters/{letter_id}/told"): {"how": "by telephone"},
    ("POST", "/consents/annul"): {"filter": {"source_system": "shop", "purpose": "offers"}, "reason": "a mistake"},
    ("POST", "/consents/check/batch"): {"subjects": [ANNA], "purpose": "offers", "channel": "email"},
    ("POST", "/contacts/lift"): {"contact": {"email": ANNA["email"]}, "reason": "works again"},
    ("POST", "/evidence-records/search"): {"contact": {"email": ANNA["email"]}, "case": "I C 7/27"},
    ("POST", "/evidence-records/{record_id}/open"): {"case": "I C 7/27", "reason": "a claim", "approval": None},
    ("POST", "/opendsr/v2/requests"): {
        "regulation": "gdpr",
        "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
        "subject_request_type": "access",
        "submitted_time": "2026-11-20T15:00:00Z",
        "subject_identities": [{"identity_type": "email", "identity_value": ANNA["email"], "identity_format": "raw"}],
        "status_callback_urls": ["https://controller.example/told"],
    },
    ("POST", "/data-quality/to-confirm"): {"subject": ANNA},
    ("POST", "/data-quality/confirmations"): {"subject": ANNA, "matters": ["contacts"]},
    ("POST", "/data-quality/findings/{finding_id}/decision"): {"decision": "ignore", "reason": "looked at"},
    ("POST", "/retention-warnings/{warning_id}/decision"): {
        "decision": "keep",
        "reason": "she wrote",
        "version": 1,
        "on": "2027-05-31",
    },
    ("POST", "/legal-holds"): {
        "review_on": "2027-05-31",
        "reason": "a claim",
        "reference": "I C 7/27",
        "statute": "",
        "owner": "ewa",
        "people": [ANNA],
        "systems": ["shop"],
        "categories": ["contact"],
    },
    ("POST", "/legal-holds/{hold_id}/review"): {"review_on": "2027-05-31", "reason": "still before the court"},
    ("POST", "/legal-holds/{hold_id}/release"): {"reason": "settled", "approval": None},
    ("POST", "/disposal-runs"): {"rules": [], "systems": ["privacy"], "as_of": "2026-01-31"},
    **{
        ("POST", f"/disposal-runs/{{run_id}}/{step}"): {"version": 1} for step in ("preview", "start", "stop", "cancel")
    },
    ("POST", "/disposal-runs/{run_id}/approve"): {"preview": "0" * 64, "version": 1},
    ("POST", "/disposal-runs/{run_id}/parts/{part_id}/again"): {"version": 1},
    ("POST", "/disposal-runs/{run_id}/parts/{part_id}/review"): {
        "choice": "keep",
        "reason": "a claim may follow",
        "until": "2030-01-31",
        "version": 1,
    },
    ("POST", "/disposal-runs/{run_id}/parts/{part_id}/statement"): {
        "statement": "shredded",
        "deleted": 3,
        "changed": 0,
        "version": 1,
    },
    ("POST", "/requests"): {
        "type": "access",
        "intake": "letter",
        "subject": ANNA,
        "words": "everything",
        "name": "Anna",
    },
    ("POST", "/requests/search"): {"subject": ANNA},
    ("POST", "/requests/{request_id}/identify"): {
        "version": 1,
        "proof": "account",
        "subject": ANNA,
        "confirmed": ["email"],
        "reason": "signed in",
    },
    ("POST", "/requests/{request_id}/withdraw"): {"version": 1, "reason": "by telephone"},
    ("POST", "/requests/{request_id}/grant"): {
        "version": 1,
        "refused": [REFUSED],
        "purposes": ["offers"],
        "answer": "Yes.",
    },
    ("POST", "/requests/{request_id}/refuse"): {"version": 1, "refused": [REFUSED], "answer": "No."},
    ("POST", "/requests/{request_id}/approve"): {"version": 1, "reason": "agreed"},
    ("POST", "/requests/{request_id}/answer"): {"version": 1, "reason": "done"},
    ("POST", "/requests/{request_id}/join"): {"version": 1, "earlier": "2026/000001", "reason": "the same"},
    ("POST", "/requests/{request_id}/session"): {"code": "12345678"},
    ("POST", "/requests/stop"): {"number": "2026/000001", "code": "1234567890"},
    ("POST", "/requests/{request_id}/sign-on"): {"subject": {"customer_id": "C-1001"}},
    ("POST", "/requests/{request_id}/review/decide"): {
        "version": 1,
        "items": ["00"],
        "verdict": "keep",
        "reason": "known to both",
    },
    ("POST", "/requests/{request_id}/tasks/{task_id}/form"): {
        "statement": "looked through the folders",
        "rows": [{"sheet": "7"}],
        "files": [{"name": "scan.pdf", "content": "JVBERi0="}],
        "deleted": {"sheets": 1},
    },
    ("POST", "/requests/{request_id}/tasks/{task_id}/rows"): {"rows": {"00": True}, "reason": "the same signature"},
    ("POST", "/requests/{request_id}/tasks/{task_id}/limit"): {"limit": 50_000, "reason": "a wholesaler"},
    ("POST", "/requests/{request_id}/tasks/{task_id}/try-again"): {"reason": "it is there again"},
    ("POST", "/requests/{request_id}/tasks/{task_id}/except"): {"reason": "it is switched off"},
    ("POST", "/requests/{request_id}/tasks/{task_id}/tell"): {
        "to": "dpo@example.net",
        "what": "erase the address",
        "whom": "customer C-1001",
    },
    ("POST", "/requests/{request_id}/tasks/{task_id}/answer"): {"answer": "done on Monday"},
    ("POST", "/requests/{request_id}/{step}"): {"version": 1, "reason": "a note"},
    ("POST", "/subjects/unmerge"): BODIES["POST", "/subjects/merge"],
    ("POST", "/subjects/{subject_ref}/contacts"): CHANGES,
    ("POST", "/subjects/{subject_ref}/identifiers"): CHANGES,
    ("PUT", "/subjects/{subject_ref}/contact-preferences"): {
        "channel": "email",
        "topics": ["home"],
        "frequency": "weekly",
        "source": "crm",
    },
}
REFS = ("/consents", "/contacts", "/contact-preferences", "/identifiers", "/preferences")
Send = Callable[..., None]


@pytest.fixture
def bodies() -> dict[tuple[str, str], dict[str, Any]]:
    """An understood body of every operation that takes JSON; a new one needs a line above."""
    known = {(method, path.replace("{ref}", "{subject_ref}")): body for (method, path), body in BODIES.items()}
    known |= MORE_BODIES
    described = json.loads((ROOT / "tests" / "contract" / "openapi.json").read_text("utf-8"))
    wanted = {
        (method.upper(), path.removeprefix(API))
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert wanted == known.keys()
    return known


@pytest.fixture
def log(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that the service writes, unredacted."""
    assert service
    monkeypatch.setattr(logs, "redact", lambda text: text)
    monkeypatch.setattr(logs, "is_secret_field", lambda _name: False)
    root, ours = logging.getLogger(), logging.getLogger(logs.ROOT)
    before = root.handlers[:], root.level, ours.level
    stream = io.StringIO()
    logs.configure("DEBUG", "json", stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


class Asking:
    """Sends requests and looks at every error."""

    def __init__(self, *callers: Caller) -> None:
        self._callers = callers
        self.statuses: set[int] = set()

    def __call__(self, method: str, path: str, body: Any = None, /, **headers: str) -> None:
        """Send it with each key."""
        for caller in self._callers:
            answer = caller.send(method, path, body, **headers)
            self.statuses.add(answer.status_code)
            said = answer.data + str(answer.headers).encode()  # Read to its end: some answers are a stream.
            if answer.status_code >= 400:
                assert HUNT.find(said) == set(), (method, path, answer.text)


def places(service: Service) -> Iterator[tuple[str, str, list[str]]]:
    """Every method and rule below the API and beside it, with the names of the rule's variables."""
    for rule in service.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, sorted(rule.arguments)


def address(rule: str, names: list[str], value: str) -> str:
    """The rule's path with a value in the place of every variable."""
    for name in names:
        for kind in ("uuid:", "int:", "path:", "string:", ""):
            rule = rule.replace(f"<{kind}{name}>", quote(value, safe=""))
    assert "<" not in rule, rule
    return rule


def with_one_changed(body: Any, value: str) -> Iterator[Any]:
    """The body with the value in the place of each of its leaves in turn, and as a name in each of its objects."""
    pairs = list(body.items()) if isinstance(body, dict) else list(enumerate(body))
    for key, held in pairs:
        inner = list(with_one_changed(held, value)) if isinstance(held, dict | list) else []
        for changed in (*inner, value, [value], {value: value}):
            made = copy.deepcopy(body)
            made[key] = changed
            yield made
    if isinstance(body, dict):
        yield body | {value: value}


class _Places(dict[str, str]):
    """What stands in an address; an id of nobody where nothing is given."""

    def __missing__(self, name: str) -> str:
        return str(UUID(int=7))


def everything(service: Service, bodies: dict[tuple[str, str], dict[str, Any]], ask: Send, reference: str) -> None:
    """Ask every route with personal data wherever a caller can put them."""
    for value in MARKERS:
        shown = value.encode().decode("latin-1")  # As bytes go in a header.
        heads = {name.replace("-", "_"): shown for name in (*HEADERS, *MORE_HEADERS)}
        query = f"?{quote(value)}={quote(value)}&email={quote(value)}&cursor={quote(value)}&limit={quote(value)}"
        for method, rule, names in places(service):
            if not rule.startswith(API):
                continue
            for path in {address(rule, names, one) for one in (value, str(UUID(int=7)), reference)}:
                below = path.removeprefix(API)
                ask(method, below + query)
                ask(method, below, value.encode(), **heads)
                ask(method, below, json.dumps({"email": value}).encode(), Authorization=f"Bearer {shown}")
                ask(method, f"{below}/{quote(value, safe='')}")
        lines = b"".join(json.dumps(one).encode() + b"\n" for one in with_one_changed(a_give(), value))
        ask("POST", "/consents/batch", value.encode(), Content_Type="application/x-ndjson")
        ask("POST", "/consents/batch", lines.replace(b"{", b"", 1), Content_Type="application/x-ndjson")
        for (method, path), body in bodies.items():
            known = path.format_map(_Places(subject_ref=reference, step="note", number="1"))
            for changed in with_one_changed(body, value):
                ask(method, known, changed)


def test_errors_and_the_log_repeat_nothing(
    service: Service, bodies: dict[tuple[str, str], dict[str, Any]], log: io.StringIO
) -> None:
    machine, staff = service.caller(), service.staff()
    reference = machine.record(a_give())["subject_ref"]
    ask = Asking(machine, staff)
    everything(service, bodies, ask, reference)
    assert ask.statuses >= {200, 400, 401, 403, 404, 415, 422}
    assert not {status for status in ask.statuses if status >= 500}
    assert log.getvalue().count("\n") > 1_000
    assert HUNT.find(log.getvalue().encode()) == set()


def test_stack_traces_repeat_nothing(
    service: Service, bodies: dict[tuple[str, str], dict[str, Any]], log: io.StringIO
) -> None:
    staff = service.staff()
    reference = staff.record(a_give())["subject_ref"]
    _let_every_view_fail(service.app)
    ask = Asking(staff)
    everything(service, bodies, ask, reference)
    assert 500 in ask.statuses
    failures = [json.loads(line) for line in log.getvalue().splitlines() if "request failed" in line]
    assert len(failures) > 100
    assert {failure["error"] for failure in failures} == {"IntegrityError"}
    assert all(failure["trace"] for failure in failures)
    assert HUNT.find(log.getvalue().encode()) == set()


def _let_every_view_fail(app: Flask) -> None:
    """With an error that says all that there is to say, as a database's does, and the cause of it, too."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            app.view_functions[endpoint] = _failing(view)


def _failing(view: Any) -> Any:
    @functools.wraps(view)
    def fails(**variables: Any) -> Any:
        told = f"{request.url} {request.headers} {variables} {request.get_data(as_text=True)}"
        try:
            raise KeyError(told)
        except KeyError as cause:
            raise sa.exc.IntegrityError(f"INSERT {told}", {"value": told}, ValueError(told)) from cause

    return fails
