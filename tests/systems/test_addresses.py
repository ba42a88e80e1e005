"""Where a connection may go: public addresses, and private ones that the settings name; never to credentials."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from privacy.systems.addresses import AddressRefused, Network, checked_address
from privacy.systems.connector import SystemRefused, SystemUnreachable
from privacy.systems.http_wire import Wire
from tests.systems.certificates import a_certificate

EVERYTHING = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)

NOT_PUBLIC = [
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"),
    *("198.18.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "::1", "fc00::1", "fd12::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
]
NEVER = [
    *("0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fe80::1%lo", "fec0::1"),
    *("ff02::1", "fd00:ec2::254", "::ffff:169.254.169.254", "::169.254.169.254", "::127.0.0.1", "2002:7f00:1::"),
    *("2001:0:7f00:1::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "::ffff:0:127.0.0.1", "::ffff:0:169.254.169.254"),
    *("fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "fd00:c1::a9fe:a9fe"),
]
#: Spellings of loopback that the system's own resolver takes.
ODD = ["2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "0177.0.0.1", "localhost", "0", "127.0.0.1."]


def answers(*addresses: str) -> Any:
    def resolve(_host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize("address", NOT_PUBLIC + NEVER)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        checked_address("crm.example.com", 443, (), resolve=answers(address))
    with pytest.raises(AddressRefused):
        checked_address("crm.example.com", 443, (), resolve=answers("93.184.216.34", address))


@pytest.mark.parametrize("address", NEVER)
def test_nothing_opens_the_way_to_credentials(address: str) -> None:
    with pytest.raises(AddressRefused):
        checked_address("crm.example.com", 443, EVERYTHING, resolve=answers(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_the_settings_open_the_way_to_one_s_own_network(address: str) -> None:
    assert checked_address("crm.example.com", 443, EVERYTHING, resolve=answers(address)) == address


def test_only_the_networks_that_are_named_are_open() -> None:
    own: tuple[Network, ...] = (ipaddress.ip_network("10.20.0.0/16"),)
    assert checked_address("crm", 443, own, resolve=answers("10.20.3.4")) == "10.20.3.4"
    with pytest.raises(AddressRefused):
        checked_address("crm", 443, own, resolve=answers("10.21.3.4"))


def test_a_public_address_is_reached_by_ipv4_first() -> None:
    found = checked_address("crm.example.com", 443, (), resolve=answers("2606:4700::1111", "93.184.216.34"))
    assert found == "93.184.216.34"


@pytest.mark.parametrize("host", ODD)
def test_no_spelling_of_loopback_is_public(host: str) -> None:
    with pytest.raises((AddressRefused, SystemUnreachable)):
        checked_address(host, 443, ())


def test_a_name_without_an_address_is_unreachable() -> None:
    def nothing(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        raise socket.gaierror

    for resolve in (nothing, answers()):
        with pytest.raises(SystemUnreachable):
            checked_address("crm.example.com", 443, (), resolve=resolve)
    with pytest.raises(SystemUnreachable):
        checked_address("a" * 70 + ".example.com", 443, ())


@contextlib.contextmanager
def a_trap(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    """A listener that answers once it is connected to, and remembers that it was."""
    caught: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, address = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        caught.append(address[0])
                        plain = context.wrap_socket(connection, server_side=True) if context else connection
                        plain.recv(4096)
                        plain.sendall(
                            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
                        )
                        plain.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], caught
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def a_wire(url: str, allowed: tuple[Network, ...] = LOOPBACK, **changes: Any) -> Wire:
    return Wire(url, **{"allowed": allowed, "timeout": 2.0, "most_bytes": 1000, **changes})


def test_no_refused_address_is_connected_to() -> None:
    with a_trap() as (port, caught):
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "0"):
            with pytest.raises((SystemRefused, SystemUnreachable)):
                a_wire(f"http://{host}:{port}", ()).send("GET", "/")
        for url in (f"http://u:p@127.0.0.1:{port}", "gopher://127.0.0.1/", "file:///etc/passwd", "https://"):
            with pytest.raises(SystemRefused):
                a_wire(url).send("GET", "/")
        assert caught == []


@pytest.mark.parametrize("port", ["99999", "x", "-1", "\uff11\uff12"])
def test_a_port_that_is_none_is_a_clear_failure(port: str) -> None:
    # The settings have a form; another system answers with any address that it likes.
    for url in (f"https://crm.example.com:{port}", "https://[::1"):
        with pytest.raises(SystemRefused, match="address is none"):
            a_wire(url)


def test_without_tls_nothing_leaves_the_machine() -> None:
    with pytest.raises(SystemRefused, match="Without TLS"):
        a_wire("http://crm.example.com", resolve=answers("93.184.216.34")).send("GET", "/")


def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere_else() -> None:
    with a_trap() as (port, caught):
        given = iter(["127.0.0.1", "169.254.169.254"])

        def rebinding(_host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
            return answers(next(given))(_host, port)

        wire = a_wire(f"http://crm.example.com:{port}", resolve=rebinding)
        assert [wire.send("GET", "/").status for _ in range(2)] == [200, 200]
        assert caught == ["127.0.0.1", "127.0.0.1"]


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_trap() as (port, caught), a_trap() as (proxy, asked):
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        assert a_wire(f"http://127.0.0.1:{port}").send("GET", "/").status == 200
        assert (len(caught), asked) == (1, [])


def test_a_certificate_must_hold_for_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, other = a_certificate(tmp_path, "crm.example.com"), a_certificate(tmp_path, "other.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(good)
    with a_trap(context) as (port, _):
        wire = a_wire(f"https://crm.example.com:{port}", resolve=answers("127.0.0.1"))
        with pytest.raises(SystemRefused, match="certificate"):
            wire.send("GET", "/")
        monkeypatch.setenv("SSL_CERT_FILE", str(good))
        assert wire.send("GET", "/").status == 200
        with pytest.raises(SystemRefused, match="certificate"):
            a_wire(f"https://crm2.example.com:{port}", resolve=answers("127.0.0.1")).send("GET", "/")
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        with pytest.raises(SystemRefused, match="certificate"):
            wire.send("GET", "/")
    with a_trap() as (port, _), pytest.raises(SystemUnreachable):
        a_wire(f"https://crm.example.com:{port}", resolve=answers("127.0.0.1")).send("GET", "/")
