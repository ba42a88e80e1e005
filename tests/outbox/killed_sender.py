"""A sender that is killed (SIGKILL) just before a step.

Run as: python -m tests.outbox.killed_sender DATABASE_URL KEYRING RELAY_URL CA_FILE FILE FUNCTION.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from privacy.audit import service as audit
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.outbox import service as outbox
from tests.databases import Database, bare_app
from tests.outbox.sending import SENDER

#: The file and the function in it that is about to be called.
STEPS = (
    ("outbox/delivery", "_take"),  # nothing is done
    ("outbox/delivery", "_opened"),  # it is locked
    ("outbox/smtp", "send"),  # the attempt is written down
    ("outbox/smtp", "_envelope"),  # there is a conversation
    ("outbox/smtp", "_text"),  # the relay knows the recipient
    ("outbox/delivery", "_record"),  # the relay has it
    ("outbox/telling", "tell"),  # that is written, uncommitted
    ("audit/recording", "prepare"),
    ("outbox/smtp", "close"),  # everything is done
)


def main() -> None:
    url, ring, relay, ca_file, file, function = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    outbox.install(audit.record_message)
    app = bare_app(Database("", url))
    ways = outbox.Ways.of(smtp_url=relay, smtp_ca_file=ca_file, mail_from=SENDER)

    def look(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name == function and code.co_filename.endswith(f"{file}.py"):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
    outbox.Sending(ways.transports()).run(app.app_context, threading.Event())


if __name__ == "__main__":
    main()
