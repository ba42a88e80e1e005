"""Attacks by what grows when it is read: packed, nested, repeated, or promised to be a picture."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
import zlib
from email.message import EmailMessage

import pytest

from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.dsar import mail
from privacy.dsar.protocols.drp_routes import DRP
from privacy.dsar.service import CaseType
from privacy.http import reading
from tests.dsar.attacks.agents import an_agent
from tests.dsar.attacks.scene import ANNA, Scene
from tests.dsar.attacks.test_inside import controller_of
from tests.dsar.attacks.test_senders import RIGHTS, send, signed

_MIB = 1 << 20
#: Where the database plays no part.
ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
#: What a letter may cost beyond its own size.
_MOST = 50 * _MIB


def zip_bomb() -> bytes:
    """Half a gigabyte of nothing, in half a megabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dowod.txt", b"\0" * (64 * _MIB))
    inner = packed.getvalue()
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"{number}.zip", inner)
    return outer.getvalue()


def image_bomb() -> bytes:
    """A PNG of 50,000 by 50,000 points, in a few kilobytes."""
    header = b"IHDR" + (50_000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
    lines = b"IDAT" + zlib.compress(b"\0" * _MIB, 9)
    chunks = (len(one[4:]).to_bytes(4, "big") + one + zlib.crc32(one).to_bytes(4, "big") for one in (header, lines))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def nested(levels: int) -> bytes:
    """A letter in a letter in a letter."""
    parts = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one) for one in range(levels))
    return b"From: anna@example.com\r\n" + b"".join(parts) + b"Content-Type: text/plain\r\n\r\nhello\r\n"


@ON_ONE
def test_what_hangs_on_a_mail_is_not_unpacked(scene: Scene) -> None:
    message = EmailMessage()
    message["From"], message["To"] = ANNA["email"], "iod@jarzebina.example"
    message.set_content("Delete everything.")
    message.add_attachment(zip_bomb(), maintype="application", subtype="zip", filename="42.zip")
    message.add_attachment(image_bomb(), maintype="image", subtype="png", filename="dowod.png")
    message.add_attachment(nested(100), maintype="application", subtype="octet-stream", filename="a.eml")
    content = message.as_bytes()
    tracemalloc.start()
    read = mail.read_mail(content)
    grown = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grown < _MOST
    assert read.attachments == ("42.zip", "dowod.png", "a.eml")
    with scene.service.app.app_context():
        with unit_of_work():
            row = mail.record(read, CaseType.ERASURE, locale=None, controller=None, actor=OPERATOR).request
            request_id = str(row.id)
        db.session.remove()
    scene.jobs()
    assert scene.now(request_id)["state"] == "received"
    scene.judge()


def test_a_mail_to_a_million_is_one_persons_request() -> None:
    many = b",\r\n ".join([b"x@example.com"] * 1_000_000)
    read = mail.read_mail(b"From: Anna <anna@example.com>\r\nTo: " + many + b"\r\nSubject: access\r\n\r\nhi\r\n")
    assert (read.sender, read.subject, read.text) == ("anna@example.com", "access", "hi")
    assert mail.read_mail(nested(200)).sender == "anna@example.com"


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1_000)), b""),
        (b"Content-Type: message/rfc822\r\n\r\n" * 1_000, b"hi"),
        (b"Cc: " + b"(" * 1_000 + b"\r\nContent-Type: text/" + b"(" * 1_000 + b"\r\n\r\n", b"hi"),
        (b"Content-Type: text/html; charset=utf-8\r\n\r\n", "hi<![\u2039![ x".encode()),
        (b"Content-Type: text/plain" + b"".join(b"; a%d=1" % n for n in range(16_000)) + b"\r\n\r\n", b"hi"),
    ],
    ids=["parts", "mails", "comments", "page", "parameters"],
)
def test_a_mail_that_is_made_to_break_its_reader_is_read_as_far_as_it_can_be(head: bytes, rest: bytes) -> None:
    read = mail.read_mail(b"From: anna@example.com\r\nSubject: access\r\n" + head + rest)
    assert (read.sender, read.subject) == ("anna@example.com", "access")
    assert read.text in {"", "hi"}


@ON_ONE
def test_no_door_goes_deep(scene: Scene) -> None:
    controller = controller_of(scene)
    agent, business, key = an_agent(scene)
    scene.service.app.extensions[DRP] = business
    request_id = scene.open("access", ANNA)
    for deep in (b'{"a":' * 90_000, b"[" * 90_000, b'{"extensions":' + b'{"a":' * 90_000, b'{"a":"' + b'"' * 90_000):
        for path in ("/requests", f"/requests/{request_id}/sign-on", f"/requests/{request_id}/identify"):
            assert scene.portal.post(path, deep).status_code in {400, 403, 422}, path
        for path in ("/requests/stop", f"/requests/{request_id}/session"):
            answer = scene.service.nobody().post(path, deep)
            assert answer.status_code in {400, 422}, path
        assert controller.post("/opendsr/v2/requests", deep).status_code == 400
        assert send(agent, signed(key, deep)) in {400, 413}
    assert agent.send("POST", RIGHTS, b"A" * 4_000_000, Content_Type="text/plain").status_code == 413
    huge = json.dumps({"extensions": {"a": "x" * 1_100_000}}).encode()
    assert controller.post("/opendsr/v2/requests", huge).status_code == 413
    scene.judge()


@ON_ONE
def test_without_the_bound_a_large_body_is_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "check_shape", lambda *_: None)
    with pytest.raises(AssertionError):
        test_no_door_goes_deep(scene)
