"""Hand the root key that shares made to the processes that wait for it, and to nobody else.

Each waiting process listens on a Unix socket of its own in the installation's folder, which only its user may enter.
Both ends ask the kernel who the other one is (SO_PEERCRED): the installation's user, or root who hands over. A process
that starts again waits again: nothing is kept anywhere.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from privacy.crypto.providers import shares
from privacy.crypto.providers.shares import Ceremony, Root
from privacy.errors import PrivacyError

#: Name of the folder of the sockets in the installation's.
FOLDER = "unseal"
_LOOK_SECONDS = 0.2
#: How long the other side may take, in seconds; a service needs a moment to start.
_ANSWER_SECONDS = 60.0
_LONGEST = 4_096

_log = logging.getLogger("privacy.unsealing")


@dataclass(frozen=True)
class Opened:
    """What a waiting process said when it was given the root key."""

    name: str
    #: Why it could not start with it; None where it could.
    refusal: str | None


def wait(folder: Path, name: str, start: Callable[[], object], stop: Callable[[], bool]) -> bool:
    """Wait sealed until somebody brings a root key with which `start` succeeds; False where told to stop before.

    `start` finds the root key as the process's. Where it raises, the key is forgotten and the next one waited for.
    """
    _log.warning("sealed: waiting for the shares; run: privacy keys unseal", extra={"part": name})
    with _listening(folder, name) as listener:
        while not stop():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                connection.settimeout(_ANSWER_SECONDS)
                if _is_of(connection, {os.geteuid(), 0}) and _received(connection, start):
                    _log.info("unsealed", extra={"part": name})
                    return True
    return False


def waiting(folder: Path) -> list[Path]:
    """The sockets of the processes that wait now; what dead ones left behind is cleared away."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.sock")):
        try:
            with _connected(path):
                found.append(path)
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            continue
    return found


def hand_over(path: Path, root: Root) -> Opened:
    """Give the root key to the process that waits there. Raises OSError where it is gone or is somebody else's."""
    name = path.stem
    with _connected(path) as connection:
        if not _is_of(connection, {os.geteuid(), path.parent.stat().st_uid}):
            return Opened(name, "It belongs to another user.")
        connection.sendall(_told(root))
        answer = json.loads(_line(connection))
    refusal = answer.get("refusal")
    return Opened(name, str(refusal) if refusal is not None else None)


def _received(connection: socket.socket, start: Callable[[], object]) -> bool:
    line = _line(connection)
    if not line:
        return False  # Somebody only looked whether we wait.
    told = json.loads(line)
    ceremony = Ceremony(int(told["identifier"]), int(told["threshold"]), int(told["shares"]))
    shares.hold(Root(base64.b64decode(told["secret"], validate=True), ceremony))
    refusal = _why_not(start)
    if refusal is not None:
        shares.hold(None)
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps({"refusal": refusal}).encode() + b"\n")
    return refusal is None


def _why_not(start: Callable[[], object]) -> str | None:
    try:
        start()
    except PrivacyError as error:
        return error.detail
    except Exception:
        _log.exception("could not start after being unsealed")
        return "It could not start; its log says why."
    return None


def _told(root: Root) -> bytes:
    told = {
        "secret": base64.b64encode(root.secret).decode(),
        "identifier": root.ceremony.identifier,
        "threshold": root.ceremony.threshold,
        "shares": root.ceremony.shares,
    }
    return json.dumps(told).encode() + b"\n"


def _line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n") and len(received) < _LONGEST:
        portion = connection.recv(_LONGEST)
        if not portion:
            break
        received += portion
    return received


def _is_of(connection: socket.socket, users: set[int]) -> bool:
    """Whether the other end is one of these users'. Where the kernel doesn't tell, the folder alone guards it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", credentials)
    return uid in users


@contextlib.contextmanager
def _listening(folder: Path, name: str) -> Iterator[socket.socket]:
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    waiting(folder)  # Clears away what killed processes left.
    path = place / f"{name}-{os.getpid()}.sock"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        with _short(path) as address:
            listener.bind(address)
        path.chmod(0o600)
        listener.listen(8)
        listener.settimeout(_LOOK_SECONDS)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_ANSWER_SECONDS)
        with _short(path) as address:
            connection.connect(address)
        yield connection


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """An address of the socket that fits: the kernel takes about a hundred bytes, and folders may lie deep."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield str(descriptors / str(folder) / path.name)
    finally:
        os.close(folder)
