"""The code by which a granted erasure is stopped: it goes to every contact on file, and does nothing else.

Whoever reads any of these contacts can stop it until the cooling-off is over, also somebody who never made the request
and holds no more than the letter. Nothing is begun or seen by it. It is kept nowhere: it follows from the request and
the end of its cooling-off, so a request that is granted anew has another.
"""

from __future__ import annotations

import hmac

from privacy import clock
from privacy.crypto import blind_index, keyring
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import State

DIGITS = 10


def code_of(row: DataSubjectRequest) -> str:
    """The code that stops a request that is cooling off."""
    assert row.cooling_until is not None
    content = b"request stop " + row.id.bytes + row.cooling_until.to_bytes(8, "big")
    digest = blind_index.of_repeat(keyring.installed(), content)
    return f"{int.from_bytes(digest, 'big') % 10**DIGITS:0{DIGITS}}"


def stops(row: DataSubjectRequest, given: str) -> bool:
    """Whether the text stops the request now; blanks and dashes in it do not count."""
    if row.state != State.COOLING_OFF or row.cooling_until is None or row.cooling_until <= clock.micros():
        return False
    digits = "".join(given.split()).replace("-", "")
    return hmac.compare_digest(code_of(row).encode(), digits.encode())
