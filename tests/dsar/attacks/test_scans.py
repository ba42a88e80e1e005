"""Nobody needs to show an identity card, and one that is sent all the same is kept nowhere (reliability M10)."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.dsar import mail
from privacy.dsar.service import CaseType
from tests.dsar.attacks.scene import ANNA, Scene

_SIZE = 60_000


def a_scan() -> bytes:
    """A photograph of an identity card: what nothing can make smaller."""
    noise = b"".join(hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(_SIZE // 32))
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"ID-CARD-CANARY" + noise


SCAN = a_scan()
FORMS = (SCAN[:64], base64.b64encode(SCAN[:63]), SCAN[:64].hex().encode(), b"ID-CARD-CANARY")


def everything_held(scene: Scene) -> list[bytes]:
    """Every text and every value of bytes in the database."""
    with scene.service.app.app_context():
        with db.engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            rows = [row for name in tables for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))]
        db.session.remove()
    values = [value for row in rows for value in row]
    return [bytes(one) if isinstance(one, memoryview | bytes) else str(one).encode() for one in values]


def is_kept_nowhere(scene: Scene, before: int) -> None:
    """No value holds the scan, plain or in another spelling; nor, sealed, has any come that it would fit in."""
    held = everything_held(scene)
    assert not [one for one in held if any(form in one for form in FORMS)]
    assert sum(len(one) >= _SIZE for one in held) == before


def mailed(scene: Scene) -> str:
    """A letter with the card hanging on it, as an image, in an archive, and in the words themselves."""
    message = EmailMessage()
    message["From"], message["To"] = ANNA["email"], "iod@jarzebina.example"
    message["Subject"] = "access, and who I am"
    message.set_content("See what is attached.")
    message.add_attachment(SCAN, maintype="image", subtype="jpeg", filename="dowod.jpg")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("dowod.jpg", SCAN)
    message.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="dowod.zip")
    with scene.service.app.app_context():
        read = mail.read_mail(message.as_bytes())
        with unit_of_work():
            row = mail.record(read, CaseType.ACCESS, locale=None, controller=None, actor=OPERATOR).request
            request_id = str(row.id)
        db.session.remove()
    scene.jobs()
    return request_id


def test_a_card_that_comes_by_mail_is_named_and_not_kept(scene: Scene) -> None:
    before = sum(len(one) >= _SIZE for one in everything_held(scene))
    request_id = mailed(scene)
    words = scene.staff.post(f"/requests/{request_id}/open", {}).get_json()["matter"]["words"]
    assert "dowod.jpg" in words
    assert "ID-CARD-CANARY" not in words
    is_kept_nowhere(scene, before)
    # Decided by somebody who saw it: what stays is that they did, and not what they saw.
    scene.identify(request_id)
    assert scene.answered(request_id)["state"] == "answered"
    is_kept_nowhere(scene, before)
    scene.judge()


def test_no_door_takes_a_card(scene: Scene) -> None:
    before = sum(len(one) >= _SIZE for one in everything_held(scene))
    text = base64.b64encode(SCAN).decode()
    body = {"type": "access", "intake": "portal", "subject": ANNA}
    for name in ("id_scan", "attachments", "files", "identity_document", "proof_file"):
        assert scene.portal.post("/requests", body | {name: text}).status_code == 422, name
    request_id = scene.open("access", ANNA)
    for name in ("id_scan", "file", "scan", "document"):
        answer = scene.try_step(request_id, "identify", proof="decided", reason="card seen", **{name: text})
        assert answer.status_code == 422, name
    # Nor where there is room for words.
    assert scene.portal.post("/requests", body | {"words": text}).status_code == 422
    assert scene.try_step(request_id, "identify", proof="decided", reason=text).status_code == 422
    assert scene.try_step(request_id, "identify", proof="id_scan", reason="card seen").status_code == 422
    for path in ("/requests", f"/requests/{request_id}/identify", f"/requests/{request_id}/note"):
        form = scene.service.app.test_client().post(
            f"/api/v1{path}",
            data={"scan": (io.BytesIO(SCAN), "dowod.jpg")},
            headers={"Authorization": f"Bearer {scene.staff.key}"},
        )
        assert form.status_code in {400, 415, 422}, path
    is_kept_nowhere(scene, before)
    scene.judge()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_reader_that_keeps_attachments_is_found_out(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(message: EmailMessage) -> list[str]:
        return [next(message.iter_attachments()).get_payload(decode=True)[11:25].decode("ascii")]

    monkeypatch.setattr(mail, "_attachments", kept)
    with pytest.raises(AssertionError):
        test_a_card_that_comes_by_mail_is_named_and_not_kept(scene)
