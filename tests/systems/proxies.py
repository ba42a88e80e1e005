"""A door on loopback in front of a server, behind which the conversation goes wrong."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from enum import Enum

#: Bytes of the server's first answers that pass before the conversation is cut: past the greeting.
_CUT_AFTER = 700


class Trouble(Enum):
    """What goes wrong."""

    HANGS = "hangs"  # accepts and says nothing
    CUT = "cut"  # ends in the middle of an answer
    RUBBISH = "rubbish"  # answers something else


@contextlib.contextmanager
def door(server: str | tuple[str, int], trouble: Trouble) -> Iterator[int]:
    """The port of a door to a server, which is a socket's path or an address."""
    listening = socket.create_server(("127.0.0.1", 0))
    conversations: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            conversations.append(client)
            if trouble is Trouble.RUBBISH:
                with contextlib.suppress(OSError):
                    client.sendall(os.urandom(64) + b"\0" * 512)
                    client.shutdown(socket.SHUT_WR)
            elif trouble is Trouble.CUT:
                behind = _reached(server)
                conversations.append(behind)
                threading.Thread(target=_pass_on, args=(client, behind, None), daemon=True).start()
                threading.Thread(target=_pass_on, args=(behind, client, _CUT_AFTER), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        for one in (listening, *conversations):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        thread.join()


def _reached(server: str | tuple[str, int]) -> socket.socket:
    if isinstance(server, tuple):
        return socket.create_connection(server)
    made = socket.socket(socket.AF_UNIX)
    made.connect(server)
    return made


def _pass_on(source: socket.socket, target: socket.socket, most: int | None) -> None:
    passed = 0
    with contextlib.suppress(OSError):
        while some := source.recv(4_096):
            if most is not None and passed + len(some) > most:
                target.sendall(some[: most - passed])
                break
            target.sendall(some)
            passed += len(some)
        target.shutdown(socket.SHUT_RDWR)
