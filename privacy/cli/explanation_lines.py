"""A person explained on the terminal, for somebody who has that person on the telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

Json = dict[str, Any]
_INDENT = "  "
_AN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Answers of these reasons rest on nothing that anybody said: they are named in one line.
_SILENT = ("no_record", "contact_unknown", "other_legal_basis")


def lines(page: Json) -> Iterator[str]:
    """The whole page. Acts are numbered, and named by their numbers."""
    if page["at"]:
        yield f"As far as was known at {page['at']['local']}."
    numbers: dict[str, str] = {}
    for person in page["people"]:
        numbers |= {act["id"]: f"#{number}" for number, act in enumerate(person["acts"], 1) if act["id"] not in numbers}
        yield from (_numbered(line, numbers) for line in _person(person))
    answered = [answer for person in page["people"] for asked in person["answers"] for answer in asked["answers"]]
    if any(answer not in answered for answer in page["asked"]["answers"]):
        yield "Answers to a check that names just what was given here:"
        yield from (_numbered(line, numbers) for line in _answers(page["asked"]))


def _numbered(line: str, numbers: dict[str, str]) -> str:
    return _AN_ID.sub(lambda found: numbers.get(found[0], found[0]), line)


def _person(person: Json) -> Iterator[str]:
    yield f"{person['subject_ref']}  {person['kind']}  {' '.join(person['standing'])}".rstrip()
    for each in person["identifiers"]:
        retired = f", retired {each['retired_at']['local']}" if each["retired_at"] else ""
        yield f"{_INDENT}{each['type']} from {each['source']}, {each['held_from']['local']}{retired}"
    for each in person["contacts"]:
        until = f" until {each['held_until']['local']}" if each["held_until"] else ""
        yield f"{_INDENT}{each['kind']} {each['masked']} from {each['source']}, {each['held_from']['local']}{until}"
    for claim in person["claims"]:
        state = "in dispute" if claim["in_dispute"] else "retired" if claim["retired_at"] else "agreed"
        yield f"{_INDENT}named together by {claim['source']}, {claim['claimed_at']['local']}: {state}"
    yield from (f"{_INDENT}{_entry(entry)}" for entry in person["suppressed"])
    yield "Acts, newest receipt first:" if person["acts"] else "No acts."
    for number, act in enumerate(person["acts"], 1):
        yield from _act(number, act)
    for asked in person["answers"]:
        whom = _contact(asked["contact"]) or f"the account {asked['subject_ref']}"
        yield f"Answers about {whom}:"
        yield from _answers(asked)


def _entry(entry: Json) -> str:
    if entry["lifted_at"]:
        state = f"lifted {entry['lifted_at']['local']}"
    elif entry["outweighed_at"]:
        state = f"outweighed by the person's own act of {entry['outweighed_at']['local']}"
    else:
        state = f"stops {entry['against']}"
    return f"{_contact(entry['contact'])} suppressed: {entry['cause']} from {entry['source']}, " + (
        f"{entry['since']['local']}; {state}"
    )


def _act(number: int, act: Json) -> Iterator[str]:
    place = " ".join(code for code in (act["purpose"], act["channel"]) if code != "-")
    yield f"{_INDENT}#{number} {act['act']} {place}  {act['id'][:8]}"
    yield f"{_INDENT * 3}{_when(act)}"
    yield f"{_INDENT * 3}covers {act['covers']}"
    source = " / ".join(part for part in act["source"].values() if part)
    yield f"{_INDENT * 3}from {source}; proof {act['proof']}{_wording(act['wording'])}"
    for effect in act["effects"]:
        about = f"{_contact(effect['contact'])}: " if effect["contact"] else ""
        yield f"{_INDENT * 3}-> {about}{effect['why']}"
    if act["decides"]:
        yield f"{_INDENT * 3}-> It decides {'; '.join(_place(each) for each in act['decides'])}."
    for each in act["outweighed_for"]:
        yield f"{_INDENT * 3}-> A surely later consent outweighs it for {_place(each)} (act {each['by']})."


def _when(act: Json) -> str:
    received = f"received {act['received_at']['local']}"
    if act["claimed_at"] is None:
        return received
    precision = f" to the {act['precision']}" if act["precision"] not in {None, "instant"} else ""
    between = f"{act['earliest']['local']} to {act['latest']['local']}"
    return f"claimed {act['claimed_at']['local']}{precision}, read as {between}; {received}"


def _wording(wording: Json | None) -> str:
    if wording is None:
        return ""
    state = "in force on that day" if wording["in_force"] else "not in force on that day"
    return f"; wording {wording['code']} {wording['version'] or '?'}, {state}"


def _answers(asked: Json) -> list[str]:
    said = [answer for answer in asked["answers"] if answer["decided_by"] or answer["reason"] not in _SILENT]
    shown = [f"{_INDENT}{'yes' if each['allowed'] else 'no '} {_place(each)}: {_why(each)}" for each in said]
    silent = sorted((each for each in asked["answers"] if each not in said), key=lambda each: str(each["why"]))
    for why, alike in groupby(silent, key=lambda each: each["why"]):
        listed = list(alike)
        word = "yes" if listed[0]["allowed"] else "no "
        shown.append(f"{_INDENT}{word} {', '.join(dict.fromkeys(_place(each) for each in listed))}: {why}")
    return shown


def _why(answer: Json) -> str:
    act = f" ({answer['decided_by_act']}, act {answer['decided_by']})" if answer["decided_by"] else ""
    until = f" Until {answer['valid_until']['local']}." if answer["valid_until"] else ""
    return f"{answer['why']}{act}{until}"


def _place(place: Json) -> str:
    return " ".join(part for part in (place["purpose"], place["channel"], _contact(place["contact"])) if part)


def _contact(contact: dict[str, str] | None) -> str:
    return " ".join(contact.values()) if contact else ""
