"""What no single field can show: contradictions between the parts of a programme, and between it and the law.

The rules read what the form check left: a broken value is None, and a rule that meets one stays silent about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from privacy.programme import collecting_form, data_map_consistency, historical_consistency
from privacy.programme.checking import Checking
from privacy.programme.form import Section
from privacy.programme.schema import SECTIONS
from privacy.programme.vocabulary import LegalBasis, ProofGrade, PurposeClass
from privacy.yaml_document import Path

Content = Mapping[str, Any]
Entry = dict[str, Any]

#: The EEA, where no safeguard for a transfer is needed (Art. 44), and states with an adequacy decision (Art. 45) are
#: not: name the decision as the safeguard.
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split()  # noqa: SIM905  # one line reads better
)

_BASES = {
    PurposeClass.MARKETING: {LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTERESTS},
    PurposeClass.LEGAL: {LegalBasis.LEGAL_OBLIGATION, LegalBasis.PUBLIC_TASK},
    PurposeClass.SAFETY: {LegalBasis.LEGAL_OBLIGATION, LegalBasis.VITAL_INTERESTS, LegalBasis.PUBLIC_TASK},
}
#: What means something only where the basis is consent.
_CONSENT_ONLY = ("validity", "double_opt_in", "explicit", "minimum_age", "ask_again_after")


def check(checking: Checking, content: Content) -> None:
    """Note every contradiction."""
    for section in SECTIONS:
        _same_key_twice(checking, content, section)
    for path, purpose in entries(content, "purposes"):
        _purpose(checking, content, path, purpose)
    _purposes_without_texts(checking, content)
    for name in ("wordings", "notices", "contact_rules"):
        _periods(checking, content, name)
    for name in ("wordings", "notices"):
        for path, entry in entries(content, name):
            _text_purposes(checking, path, entry)
    for path, wording in entries(content, "wordings"):
        _wording(checking, content, path, wording)
    historical_consistency.check(checking, list(entries(content, "wordings")))
    _contact_rules_overlap(checking, content)
    _parties(checking, content)
    for path, activity in entries(content, "processing_activities"):
        _activity(checking, path, activity)
    collecting_form.check(checking, content)
    data_map_consistency.check(checking, content)


def entries(content: Content, section: str) -> Iterator[tuple[Path, Entry]]:
    """Each readable entry of a section with its place."""
    for index, entry in enumerate(content.get(section) or []):
        if entry is not None:
            yield (section, index), entry


def _same_key_twice(checking: Checking, content: Content, section: Section) -> None:
    if not section.many:
        return
    seen: dict[str, Path] = {}
    for path, entry in entries(content, section.name):
        if any(entry[name] is None for name in section.key):
            continue
        key = section.key_of(entry)
        if key in seen:
            line = checking.file.line(seen[key])
            words = " and ".join(section.key)
            checking.wrong(
                path, f"This {words} is declared twice; the first is on line {line}.", "Remove or rename one."
            )
        seen.setdefault(key, path)


def _purpose(checking: Checking, content: Content, path: Path, purpose: Entry) -> None:
    _purpose_basis(checking, path, purpose)
    _purpose_confirmation(checking, content, path, purpose)
    _purpose_sensitivity(checking, content, path, purpose)
    _purpose_controllers(checking, content, path, purpose)


def _purpose_basis(checking: Checking, path: Path, purpose: Entry) -> None:
    basis, purpose_class = purpose["legal_basis"], purpose["class"]
    allowed = _BASES.get(purpose_class)
    if basis and allowed and basis not in allowed:
        mend = f"Use one of: {', '.join(sorted(allowed))}; or another class."
        checking.wrong((*path, "legal_basis"), f"A purpose of the class {purpose_class} cannot rest on {basis}.", mend)
    if basis and basis != LegalBasis.CONSENT:
        for name in _CONSENT_ONLY:
            if purpose[name]:
                mend = "Remove it, or set legal_basis: consent."
                checking.wrong((*path, name), f"Only a consent has this, and the basis is {basis}.", mend)


def _purpose_confirmation(checking: Checking, content: Content, path: Path, purpose: Entry) -> None:
    days = (*path, "confirm_within_days")
    if purpose["double_opt_in"] and purpose["confirm_within_days"] is None and not checking.is_broken(days):
        checking.wrong(days, "Double opt-in needs a term.", "Add confirm_within_days, such as 30.")
    if purpose["double_opt_in"] is False and purpose["confirm_within_days"] is not None:
        checking.wrong(days, "There is nothing to confirm.", "Remove it, or set double_opt_in: true.")
    if not purpose["double_opt_in"]:
        return
    reachable = {c["code"] for _, c in entries(content, "channels") if c["contact_kind"]}
    declared = {c["code"] for _, c in entries(content, "channels")}
    for index, channel in enumerate(purpose["channels"] or []):
        if channel in declared - reachable:
            wrong = f"No confirmation can be sent by {channel}: it has no kind of contact."
            checking.wrong((*path, "channels", index), wrong, "Remove the channel, or the double opt-in.")


def _purpose_sensitivity(checking: Checking, content: Content, path: Path, purpose: Entry) -> None:
    if purpose["explicit"] and purpose["least_proof"] == ProofGrade.STAFF_CLAIM:
        mend = "Set least_proof to recorded or own_act."
        checking.wrong((*path, "least_proof"), "A claim of staff cannot prove an explicit consent.", mend)
    special = {c["code"] for _, c in entries(content, "data_categories") if c["special"]}
    touched = sorted(special.intersection(purpose["data_categories"] or []))
    if touched and purpose["legal_basis"] == LegalBasis.CONSENT and purpose["explicit"] is False:
        wrong = f"Consent to special categories must be explicit (Art. 9(2)(a)): {', '.join(touched)}."
        checking.wrong((*path, "explicit"), wrong, "Set explicit: true.")


def _purpose_controllers(checking: Checking, content: Content, path: Path, purpose: Entry) -> None:
    controllers = {code for code in purpose["controllers"] or [] if code}
    arranged = [set(a["controllers"] or []) for _, a in entries(content, "joint_arrangements")]
    if len(controllers) > 1 and not any(controllers <= parties for parties in arranged):
        mend = "Add their arrangement under joint_arrangements."
        checking.wrong((*path, "controllers"), "Joint controllers need an arrangement (Art. 26).", mend)
    owners = {b["code"]: b["controller"] for _, b in entries(content, "brands")}
    owner = owners.get(purpose["brand"])
    if owner and controllers and owner not in controllers:
        mend = f"Name {owner} among the controllers, or another brand."
        checking.wrong((*path, "brand"), "The brand belongs to a controller that the purpose lacks.", mend)


def _purposes_without_texts(checking: Checking, content: Content) -> None:
    worded = {code for _, w in entries(content, "wordings") for code in w["purposes"] or []}
    noticed = {code for _, n in entries(content, "notices") for code in n["purposes"] or []}
    for path, purpose in entries(content, "purposes"):
        code = purpose["code"]
        if code and purpose["legal_basis"] == LegalBasis.CONSENT and code not in worded:
            checking.wrong(path, "No wording asks for this consent.", "Add it to the purposes of a wording.")
        if code and code not in noticed:
            checking.wrong(path, "No notice tells people of it (Art. 13).", "Add it to the purposes of a notice.")


def _periods(checking: Checking, content: Content, section: str) -> None:
    for path, entry in entries(content, section):
        start, end = entry["valid_from"], entry["valid_until"]
        if start and end and end < start:
            checking.wrong((*path, "valid_until"), f"It ends before it begins on {start}.", "Put a later day, or none.")


def _text_purposes(checking: Checking, path: Path, entry: Entry) -> None:
    """A published text is never edited, so one that is closed must not hold its purposes for ever."""
    if entry["valid_until"] is not None:
        return
    known = checking.codes("purposes")
    for index, code in enumerate(entry["purposes"] or []):
        if code is not None and code not in known:
            checking.unknown((*path, "purposes", index), code, known, "purpose")


def _wording(checking: Checking, content: Content, path: Path, wording: Entry) -> None:
    bases = {p["code"]: p["legal_basis"] for _, p in entries(content, "purposes")}
    for index, code in enumerate(wording["purposes"] or []):
        if bases.get(code) not in {None, LegalBasis.CONSENT}:
            wrong = f"{code} does not rest on consent, so no wording can ask for it."
            checking.wrong((*path, "purposes", index), wrong, "Remove it here; the notice tells people of it.")
    same = [(p, w) for p, w in entries(content, "wordings") if w["code"] == wording["code"] and p != path]
    _one_newest(checking, path, wording, same)
    _supersession(checking, path, wording, {w["version"]: w for _, w in same})


def _one_newest(checking: Checking, path: Path, wording: Entry, same: list[tuple[Path, Entry]]) -> None:
    for other_path, other in same:
        if bool(wording.get("historical")) != bool(other.get("historical")):
            continue  # Beside a published version an attested one is never the newest.
        if wording["valid_from"] and other["valid_from"] == wording["valid_from"] and other_path < path:
            wrong = f"Version {other['version']} begins on the same day, so neither is the newest."
            checking.wrong((*path, "valid_from"), wrong, "Let one of them begin on another day.")


def _supersession(checking: Checking, path: Path, wording: Entry, others: Mapping[str, Entry]) -> None:
    ends, supersedes = wording["fresh_consent_after"], wording["supersedes"] or []
    place = (*path, "fresh_consent_after")
    if supersedes and ends is None and not checking.is_broken(place):
        mend = "Add fresh_consent_after, the last day on which the earlier consents count."
        checking.wrong((*path, "supersedes"), "It does not say from when.", mend)
    if ends and not supersedes:
        checking.wrong(place, "It does not say whose consents end.", "Add supersedes with the earlier versions.")
    if ends and wording["valid_from"] and ends < wording["valid_from"]:
        wrong = "Fresh consent cannot be due before there is a wording to give it under."
        checking.wrong(place, wrong, f"Put {wording['valid_from']} or later.")
    for index, version in enumerate(supersedes):
        other = others.get(version)
        if version is not None and other is None:
            known = [name for name in others if name]
            checking.unknown((*path, "supersedes", index), version, known, "other version of this wording")
        elif other and _not_earlier(other, wording):
            checking.wrong((*path, "supersedes", index), f"{version} is not earlier.", "Name earlier versions only.")


def _not_earlier(other: Entry, wording: Entry) -> bool:
    return bool(other["valid_from"] and wording["valid_from"] and other["valid_from"] >= wording["valid_from"])


def _contact_rules_overlap(checking: Checking, content: Content) -> None:
    rules = list(entries(content, "contact_rules"))
    for index, (path, rule) in enumerate(rules):
        for other_path, other in rules[:index]:
            if _same_ground(rule, other) and _overlap(rule, other):
                line = checking.file.line(other_path)
                wrong = f"On some days the rule on line {line} says the same of the same channels and classes."
                checking.wrong((*path, "valid_from"), wrong, "End the earlier one with valid_until.")


def _same_ground(one: Entry, other: Entry) -> bool:
    return one["country"] == other["country"] and all(
        set(one[name] or []) & set(other[name] or []) for name in ("channels", "classes")
    )


def _overlap(one: Entry, other: Entry) -> bool:
    if not one["valid_from"] or not other["valid_from"]:
        return False
    first_ends, other_ends = one["valid_until"] or "9999-12-31", other["valid_until"] or "9999-12-31"
    return bool(one["valid_from"] <= other_ends and other["valid_from"] <= first_ends)


def _parties(checking: Checking, content: Content) -> None:
    for section in ("recipients", "processors"):
        for path, party in entries(content, section):
            if party["country"] and party["country"] not in EEA and not party["safeguard"]:
                mend = "Name the decision or the clauses under safeguard."
                checking.wrong(path, f"A transfer to {party['country']} needs a safeguard (Art. 44-49).", mend)
    for path, joint in entries(content, "joint_arrangements"):
        if joint["contact_point"] and joint["controllers"] and joint["contact_point"] not in joint["controllers"]:
            checking.wrong(
                (*path, "contact_point"), "It is no party to the arrangement.", "Name one of its controllers."
            )


def _activity(checking: Checking, path: Path, activity: Entry) -> None:
    for index, one in enumerate(activity.get("category_retention") or []):
        beyond = sorted(set((one or {}).get("data_categories") or []) - {*(activity["data_categories"] or []), None})
        if beyond:
            wrong = f"The activity does not process {', '.join(beyond)}."
            checking.wrong((*path, "category_retention", index), wrong, "Add it to its data_categories, or remove it.")
    needed = {
        LegalBasis.LEGITIMATE_INTERESTS: ("legitimate_interest", "Say which interest is pursued (Art. 13(1)(d))."),
        LegalBasis.LEGAL_OBLIGATION: ("statute", "Name the statute that obliges (Art. 6(3))."),
    }.get(activity["legal_basis"])
    if needed is None or activity[needed[0]]:
        return
    if not checking.is_broken((*path, needed[0])):
        checking.wrong((*path, needed[0]), f"The basis {activity['legal_basis']} needs it.", needed[1])
