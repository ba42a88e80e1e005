"""The form of a collection point in a programme file, and what no single field of it can show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from privacy.programme import kinds
from privacy.programme.checking import Checking, shown
from privacy.programme.collecting import FORM_CONTACTS, CollectionKind
from privacy.programme.form import record
from privacy.programme.kinds import one_of, ref, some
from privacy.programme.vocabulary import LegalBasis
from privacy.yaml_document import Path

Entry = Mapping[str, Any]
_HTTPS = re.compile(r"https://[a-z0-9.-]+(?::[0-9]{1,5})?")
#: A developer's own machine, which no other can be reached as.
_HERE = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?")


def origin(checking: Checking, path: Path, value: Any) -> str | None:
    """The origin of a site, as browsers write it (RFC 6454): https, or http of this very machine."""
    words = kinds.text(checking, path, value)
    if words is None or _HTTPS.fullmatch(words) or _HERE.fullmatch(words):
        return words
    mend = "Write it as browsers do: https://shop.example.com, in small letters, without a slash at the end."
    checking.wrong(path, f"{shown(words)} is no origin.", mend)
    return None


def https(checking: Checking, path: Path, value: Any) -> str | None:
    """The address of a page over https."""
    words: str | None = kinds.url(checking, path, value)
    if words is None or urlsplit(words).scheme == "https":
        return words
    checking.wrong(path, "This page is not served over https.", "Write an address that starts with https://.")
    return None


COLLECTION_POINT = record(
    ("code", kinds.code),
    ("kind", one_of(CollectionKind)),
    ("system", kinds.system),
    ("point", kinds.code),
    (
        "purposes",
        some(
            record(
                ("purpose", ref("purposes", "purpose")),
                ("channels", some(ref("channels", "channel"), least=1), None, True),
                ("wording", ref("wordings", "wording")),
            ),
            least=1,
        ),
    ),
    ("notice", ref("notices", "notice")),
    ("origins", some(origin, least=1), None, True),
    ("back_url", https, None, True),
    ("kiosk", kinds.boolean, None, True),
    ("confirm_email", kinds.boolean, None, True),
)


def check(checking: Checking, content: Mapping[str, Any]) -> None:
    """Note every contradiction between collection points and the rest of the programme."""
    purposes = {one["code"]: one for one in _entries(content, "purposes")}
    reached = {one["code"]: one["contact_kind"] for one in _entries(content, "channels")}
    for index, point in enumerate(content.get("collection_points") or []):
        asked = [one or {} for one in (point or {}).get("purposes") or []]
        for number, one in enumerate(asked):
            place = ("collection_points", index, "purposes", number)
            purpose = purposes.get(one.get("purpose"))
            if purpose is None:
                continue
            if purpose["code"] in [other.get("purpose") for other in asked[:number]]:
                checking.wrong(place, "This purpose is asked about twice.", "Name it once, with all its channels.")
            _purpose(checking, content, place, one, purpose)
            _channels(checking, place, one, purpose, reached)


def _entries(content: Mapping[str, Any], section: str) -> Iterator[Entry]:
    return (entry for entry in content.get(section) or [] if entry is not None)


def _purpose(checking: Checking, content: Mapping[str, Any], place: Path, one: Entry, purpose: Entry) -> None:
    if purpose["legal_basis"] not in {LegalBasis.CONSENT, None}:
        wrong = f"{purpose['code']} does not rest on consent, so no form can ask for it."
        checking.wrong((*place, "purpose"), wrong, "Remove it here; the notice tells people of it.")
        return
    speaks = [w for w in _entries(content, "wordings") if w["code"] == one["wording"]]
    if speaks and not any(purpose["code"] in (w["purposes"] or []) for w in speaks):
        wrong = f"No version of this wording speaks of {purpose['code']}."
        checking.wrong((*place, "wording"), wrong, "Name a wording that does.")


def _channels(checking: Checking, place: Path, one: Entry, purpose: Entry, reached: Mapping[str, str | None]) -> None:
    used, named = purpose["channels"] or [], one.get("channels") or []
    if used and not named and not checking.is_broken((*place, "channels")):
        checking.wrong((*place, "channels"), "The channels are missing.", f"Name some of: {', '.join(map(str, used))}.")
    for index, channel in enumerate(named):
        where = (*place, "channels", index)
        if channel is None:
            continue
        if channel not in used:
            checking.wrong(where, f"{purpose['code']} does not use this channel.", "Remove it.")
        elif reached.get(channel) not in FORM_CONTACTS:
            wrong = "A form knows e-mail addresses and phone numbers, and no account."
            checking.wrong(where, wrong, "Remove it; ask for it in the app or the account.")
        elif purpose["double_opt_in"] and reached[channel] != "email":
            wrong = f"{purpose['code']} demands double opt-in, whose code goes by e-mail."
            checking.wrong(where, wrong, "Remove it, or the double opt-in.")
