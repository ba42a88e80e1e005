"""Attacks that would make the service ask its own network: by settings of a system, and by addresses to call back."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding

from config import Config
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import db, unit_of_work
from privacy.dsar.protocols.callbacks import Telling
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.protocols.opendsr_routes import OPENDSR
from privacy.systems import addresses
from tests.cli.conftest import Cli
from tests.dsar.attacks.scene import Scene
from tests.dsar.attacks.test_content import INTERNAL
from tests.dsar.shops import DATA_SETS, document_with, system_of
from tests.systems.certificates import an_issued_certificate
from tests.systems.opendsr_server import the_key
from tests.systems.test_addresses import a_trap

#: Where the database plays no part.
ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DOMAIN = "privacy.shop.example"
#: More that name this machine, its neighbours, or where a cloud keeps credentials.
LEADS_INSIDE = (
    *("127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.100.100.200", "0.0.0.0"),
    *("fe80::a9fe:a9fe", "fd00:ec2::254", "fd20:ce::254", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "::ffff:0:127.0.0.1", "2001:0:7f00:1::1", "fc00::1"),
)

#: What the form of the settings takes, and what leads to this machine or to a cloud's credentials all the same.
SPELLED = (
    *(
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}",
        "https://2130706433:{port}",
        "https://0x7f000001:{port}",
    ),
    *("https://017700000001:{port}", "https://127.1:{port}", "https://0:{port}", "https://127.0.0.1.:{port}"),
    *("http://127.0.0.1:{port}", "http://localhost:{port}", "https://169.254.169.254", "https://10.255.255.1"),
)
#: What it does not take.
NO_SETTING = (
    *("http://10.0.0.1/", "https://shop@127.0.0.1:{port}", "gopher://127.0.0.1:{port}", "file:///etc/passwd"),
    *("https://[::1]:{port}", "https://host.example:99999", "https://host.example/../admin"),
)


def controller_of(scene: Scene) -> Any:
    """Another controller, who may name addresses to call back."""
    certificate = an_issued_certificate(the_key(), DOMAIN).public_bytes(Encoding.PEM)
    scene.service.app.extensions[OPENDSR] = OpenDsrIdentity(DOMAIN, certificate, the_key())
    return scene.service.caller("requests:write", "requests:read")


def asked(*urls: str) -> dict[str, Any]:
    return {
        "regulation": "gdpr",
        "subject_request_id": str(uuid4()),
        "subject_request_type": "erasure",
        "submitted_time": "2018-05-25T10:00:00Z",
        "subject_identities": [
            {"identity_type": "email", "identity_value": "anna@example.com", "identity_format": "raw"}
        ],
        "status_callback_urls": list(urls),
    }


def tell(scene: Scene, **given: Any) -> int:
    identity = scene.service.app.extensions[OPENDSR]
    return Telling(identity, **given).run(scene.service.app.app_context, threading.Event())


def resolver(*answers: str) -> Any:
    """A name server: what it answers in turn, the last one for ever."""
    left = list(answers)

    def resolve(_host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


@ON_ONE
def test_no_controller_is_called_back_inside(scene: Scene) -> None:
    controller = controller_of(scene)
    with a_trap() as (port, caught):
        for number in range(0, len(INTERNAL), 3):
            urls = [url.format(port=port) for url in INTERNAL[number : number + 3]]
            assert controller.post("/opendsr/v2/requests", asked(*urls)).status_code in {201, 422}
            assert controller.post("/opendsr/v2/requests", asked(urls[0])).status_code in {201, 422}
        assert tell(scene) == 0
        assert caught == []
    scene.judge()


@ON_ONE
def test_no_name_of_a_callback_leads_inside(scene: Scene) -> None:
    controller = controller_of(scene)
    with a_trap() as (port, caught):
        for _ in range(0, len(LEADS_INSIDE), 5):
            urls = [f"https://callback.example:{port}/{number}" for number in range(5)]
            assert controller.post("/opendsr/v2/requests", asked(*urls)).status_code == 201
        assert tell(scene, resolve=resolver(*LEADS_INSIDE)) == 0
        assert caught == []
    scene.judge()


@ON_ONE
def test_no_settings_of_a_system_lead_inside(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = _installed(config, monkeypatch)
    with a_trap() as (port, caught):
        urls = [url.format(port=port) for url in SPELLED]
        cli("programme", "apply", str(_with_systems(tmp_path, urls)))
        for number in range(len(urls)):
            cli("systems", "connect", f"api{number}", stdin='{"token": "t"}')
        told = cli.json("systems", "test", exit_code=1)["systems"]
        tried = [finding for one in told for finding in one["findings"] if finding["where"] == "member.email"]
        assert caught == []
        assert [one["level"] for one in tried] == ["failed"] * len(urls)
        assert all("private network" in one["detail"] or "address" in one["detail"] for one in tried), tried
        for url in NO_SETTING:
            path = _with_systems(tmp_path, [url.format(port=port)])
            assert cli.run("programme", "apply", str(path)).exit_code == 3, url
        assert caught == []


@ON_ONE
def test_no_system_redirects_inside(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = _installed(config, monkeypatch)
    with a_trap() as (port, caught), _redirecting(f"http://127.0.0.1:{port}/latest/meta-data/") as (there, asked):
        path = _with_systems(tmp_path, [f"http://127.0.0.1:{there}/api"], allow_private=["127.0.0.1/32"])
        cli("programme", "apply", str(path))
        cli("systems", "connect", "api0", stdin='{"token": "t-c4n4ry"}')
        done = cli.run("systems", "test", "api0", "--json")
        assert asked
        assert caught == []
        assert "redirects elsewhere" in done.stdout
        assert "meta-data" not in done.output


@ON_ONE
def test_a_name_that_is_bound_anew_leads_nowhere_else(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    # It answers with what is allowed while it is checked, and with this machine to whoever asks once more.
    controller = controller_of(scene)
    elsewhere = (ipaddress.ip_network("127.0.0.2/32"),)
    with a_trap() as (port, caught):
        monkeypatch.setattr(socket, "getaddrinfo", _only_numbers(socket.getaddrinfo, port))
        for _ in range(2):
            urls = [f"https://callback.example:{port}/{number}" for number in range(2)]
            assert controller.post("/opendsr/v2/requests", asked(*urls)).status_code == 201
        given = resolver("127.0.0.2", "127.0.0.1")
        assert tell(scene, allowed=elsewhere, resolve=given) == 0
        assert tell(scene, allowed=elsewhere, resolve=given) == 0
        assert caught == []
    scene.judge()


def test_a_callback_that_keeps_its_caller_waiting_is_not_told_by_two(
    scene: Scene, frozen: time_machine.Traveller
) -> None:
    # Each takes nearly as long as another worker waits before it takes over what a dead one had begun.
    controller = controller_of(scene)
    for number in range(3):
        answer = controller.post("/opendsr/v2/requests", asked(f"https://callback{number}.example/"))
        assert answer.status_code == 201
    being_told: list[str] = []
    twice: list[str] = []

    def tarpit(host: str, _port: int, **_more: Any) -> Any:
        twice.extend(one for one in being_told if one == host)
        if not being_told:
            being_told.append(host)
            tell(scene, resolve=tarpit)
            being_told.clear()
            frozen.shift(290)
        raise socket.gaierror

    assert tell(scene, resolve=tarpit) == 0
    assert twice == []


def test_a_request_that_lost_its_key_keeps_no_other_from_being_told(
    scene: Scene, frozen: time_machine.Traveller
) -> None:
    controller = controller_of(scene)
    for number in range(2):
        frozen.shift(1)
        body = asked(f"https://callback{number}.example/")
        assert controller.post("/opendsr/v2/requests", body).status_code == 201
    lost, _ = sorted(scene.staff.get("/requests").get_json()["requests"], key=lambda one: str(one["number"]))
    with scene.service.app.app_context():
        with unit_of_work() as session:
            destroy_owner_key(session, UUID(lost["id"]))
        db.session.remove()
    tried: list[str] = []

    def unreachable(host: str, _port: int, **_more: Any) -> Any:
        tried.append(host)
        raise socket.gaierror

    assert tell(scene, resolve=unreachable) == 0
    assert tried == ["callback1.example"]


@ON_ONE
def test_without_the_check_of_addresses_the_trap_is_reached(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_ensure_reachable", lambda *_: None)
    controller = controller_of(scene)
    with a_trap() as (port, caught):
        answer = controller.post("/opendsr/v2/requests", asked(f"https://callback.example:{port}/"))
        assert answer.status_code == 201
        assert tell(scene, resolve=resolver("127.0.0.1")) == 0  # The trap speaks no TLS, and was connected to.
        assert caught == ["127.0.0.1"]


def _installed(config: Config, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("PRIVACY_DATABASE_URL", config.database_url)
    made = Cli()
    made("init")
    return made


def _with_systems(folder: Path, urls: Sequence[str], **settings: Any) -> Path:
    """A programme with an API behind each address."""
    [people] = [one for one in DATA_SETS if one["fides_key"] == "crm"]
    member, _ = people["collections"]
    reads = [{"by": "email", "method": "POST", "path": "/search", "body": {"email": "{email}"}, "rows": "data"}]
    tables = [{"table": "member", "read": reads}]
    data_sets = [people | {"fides_key": f"api{number}", "collections": [member]} for number in range(len(urls))]
    systems = [
        system_of(f"api{number}")
        | {"connector": "http", "settings": {"base_url": url, "auth": {"kind": "bearer"}, "tables": tables} | settings}
        for number, url in enumerate(urls)
    ]
    path = folder / "programme.yml"
    path.write_text(document_with(systems=systems, data_sets=data_sets))
    return path


@contextlib.contextmanager
def _redirecting(target: str) -> Iterator[tuple[int, list[str]]]:
    """A system that sends everybody elsewhere."""
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


def _only_numbers(lookup: Any, port: int) -> Any:
    """The system's own look-up, to which every name is the trap's address."""

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        with contextlib.suppress(ValueError):
            ipaddress.ip_address(host)
            return lookup(host, *rest, **more)
        return lookup("127.0.0.1", port)

    return look_up
