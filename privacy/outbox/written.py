"""What a message's sealed text holds."""

from __future__ import annotations

import msgspec


class Letterhead(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands on paper beside the text."""

    #: Name and address of who writes, in lines.
    sender: tuple[str, ...]
    #: By which number the answer is asked for.
    number: str
    #: The day of the letter, as its language writes it, and the place where it has one.
    dated: str


class Written(msgspec.Struct, frozen=True, omit_defaults=True):
    """Subject line and text; of a letter on paper also its head."""

    subject: str
    body: str
    head: Letterhead | None = None
