"""The line that a newcomer copies: a question over HTTP that shows neither key nor address in a process list."""

from __future__ import annotations

import json
import shlex

from config import Config
from privacy.cli import reachability
from privacy.cli.installation import CURL_HEADER, CURL_QUESTION, write_private
from privacy.programme.types import ContactKind, Programme

#: Also the first of the people that `privacy demo` makes.
ADDRESS = "anna.nowak@example.com"


def curl_line(config: Config, programme: Programme) -> str | None:
    """A line for any shell; None where no key file lies here or nothing is sent by e-mail.

    curl reads both key and question from files, so that neither shows in a process list. The question's file is made
    where it is missing, and is the newcomer's to edit.
    """
    folder = config.data_dir.absolute()  # The line also works when it is pasted somewhere else.
    header, body = folder / CURL_HEADER, folder / CURL_QUESTION
    question = _question(programme)
    if question is None or not header.exists():
        return None
    if not body.exists():
        write_private(body, json.dumps(question) + "\n")
    url = f"{reachability.address(config)}/api/v1/consents/check"
    return f"curl -sS -H {shlex.quote(f'@{header}')} --data {shlex.quote(f'@{body}')} {url}"


def _question(programme: Programme) -> dict[str, object] | None:
    """About a purpose that can be asked for by e-mail, sooner one without double opt-in."""
    for purpose in sorted(programme.purposes.values(), key=lambda p: p.double_opt_in):
        for code in sorted(purpose.channels):
            if programme.channel(code).contact_kind is ContactKind.EMAIL:
                return {"subject": {"email": ADDRESS}, "purpose": purpose.code, "channel": code}
    return None
