"""From a document that was checked once to the frozen programme. Checks nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from privacy.programme import data_map_build, types
from privacy.programme.parties import UNTRANSLATED
from privacy.programme.request_rules import DEFAULT_REQUEST_RULES
from privacy.programme.vocabulary import (
    BreachMoment,
    CaseType,
    ContactKind,
    ErasureKeeps,
    LegalBasis,
    ProofGrade,
    ProofLevel,
    PurposeClass,
    RecipientKind,
    RetentionAction,
    RetentionTrigger,
    Setting,
)

Entry = Mapping[str, Any]
_T = TypeVar("_T")
_Text = TypeVar("_Text", bound=types.TextVersion)


def build(content: Entry, *, number: int, applied_at: int, sha256: str) -> types.Programme:
    """The programme of a checked document."""
    return types.Programme(
        number=number,
        applied_at=applied_at,
        sha256=sha256,
        jurisdiction=_jurisdiction(content["jurisdiction"]),
        dpo=_dpo(content["dpo"]) if content["dpo"] else None,
        controllers=_by_code(content["controllers"], _controller),
        joint_arrangements=_by_code(content["joint_arrangements"], _joint),
        brands=_by_code(content["brands"], lambda e: types.Brand(**e)),
        contact_kinds={ContactKind(entry["code"]): entry["names"] for entry in content["contact_kinds"]},
        channels=_by_code(content["channels"], _channel),
        identifier_types=_by_code(content["identifier_types"], lambda e: types.IdentifierType(**e)),
        data_categories=_by_code(content["data_categories"], _data_category),
        recipients=_by_code(
            content["recipients"],
            lambda e: types.Recipient(
                **{**e, "kind": RecipientKind(e["kind"]), "safeguard": _by_locale(e["safeguard"])}
            ),
        ),
        processors=_by_code(content["processors"], _processor),
        retention_rules=_by_code(content["retention_rules"], _retention_rule),
        age_rules=tuple(map(_age_rule, content["age_rules"])),
        contact_rules=tuple(map(_contact_rule, content["contact_rules"])),
        erasure_rules=tuple(map(_erasure_rule, content.get("erasure_rules", ()))),
        systems=_by_code(content.get("systems", []), data_map_build.system),
        data_sets=data_map_build.data_sets(content.get("data_sets", ()), content.get("systems", ())),
        breach_rules=tuple(map(_breach_rule, content.get("breach_rules", ()))),
        request_rules=tuple(map(_request_rule, content.get("request_rules", ()))),
        public_holidays=tuple(map(_holiday, content.get("holidays", ()))),
        purposes=_by_code(content["purposes"], _purpose),
        message_types=_by_code(content["message_types"], lambda e: types.MessageType(**e)),
        topics=_by_code(content.get("topics", []), _topic),
        collection_points=_by_code(content.get("collection_points", []), _collection_point),
        processing_activities=_by_code(content["processing_activities"], _activity),
        processing_on_behalf=_by_code(content.get("processing_on_behalf", []), _on_behalf),
        wordings=_by_version(content["wordings"], _wording),
        notices=_by_version(content["notices"], lambda e: types.NoticeVersion(**_text_fields(e))),
    )


def _by_code(entries: list[Entry], make: Callable[[Entry], _T]) -> dict[str, _T]:
    return {entry["code"]: make(entry) for entry in entries}


def _by_version(entries: list[Entry], make: Callable[[Entry], _Text]) -> dict[tuple[str, str], _Text]:
    return {(entry["code"], entry["version"]): make(entry) for entry in entries}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _jurisdiction(entry: Entry) -> types.Jurisdiction:
    authority = types.Authority(**entry["authority"])
    return types.Jurisdiction(**{**entry, "locales": tuple(entry["locales"]), "authority": authority})


def _controller(entry: Entry) -> types.Controller:
    represented = entry.get("representative")
    return types.Controller(**{**entry, "representative": types.Representative(**represented) if represented else None})


def _dpo(entry: Entry) -> types.DataProtectionOfficer:
    return types.DataProtectionOfficer(**{**entry, "controllers": tuple(entry["controllers"])})


def _joint(entry: Entry) -> types.JointArrangement:
    changed = {"controllers": tuple(entry["controllers"]), "agreed_on": _day(entry["agreed_on"])}
    return types.JointArrangement(**{**entry, **changed})


def _channel(entry: Entry) -> types.Channel:
    kind = ContactKind(entry["contact_kind"]) if entry["contact_kind"] else None
    return types.Channel(**{**entry, "contact_kind": kind})


def _processor(entry: Entry) -> types.Processor:
    changed: dict[str, Any] = {"controllers": tuple(entry["controllers"]), "agreed_on": _day(entry["agreed_on"])}
    return types.Processor(**{**entry, **changed, "safeguard": _by_locale(entry["safeguard"])})


def _data_category(entry: Entry) -> types.DataCategory:
    return types.DataCategory(**{**entry, "fideslang": tuple(entry.get("fideslang", ()))})


def _breach_rule(entry: Entry) -> types.BreachRule:
    changed = {"valid_from": _day(entry["valid_from"]), "counted_from": BreachMoment(entry["counted_from"])}
    return types.BreachRule(**{**entry, **changed})


def _retention_rule(entry: Entry) -> types.RetentionRule:
    changed: dict[str, Any] = {}
    if covers := entry.get("covers"):
        changed["covers"] = types.Covered(**{name: tuple(codes) for name, codes in covers.items()})
    if fields := entry.get("fields"):
        changed["fields"] = tuple(map(types.Place.named, fields))
    if ends := entry.get("financial_year_ends"):
        changed["financial_year_ends"] = tuple(map(int, ends.split("-")))
    if trigger := entry.get("trigger"):
        changed["trigger"] = RetentionTrigger(trigger)
    if action := entry.get("action"):
        changed["action"] = RetentionAction(action)
    if warning := entry.get("warning"):
        changed["warning"] = types.RetentionWarning(**warning)
    return types.RetentionRule(**{**entry, **changed})


def _age_rule(entry: Entry) -> types.AgeRule:
    changed = {"setting": Setting(entry["setting"]), "valid_from": _day(entry["valid_from"])}
    return types.AgeRule(**{**entry, **changed})


def _contact_rule(entry: Entry) -> types.ElectronicContactRule:
    changed = {
        "valid_from": _day(entry["valid_from"]),
        "valid_until": _day(entry["valid_until"]),
        "channels": frozenset(entry["channels"]),
        "classes": frozenset(map(PurposeClass, entry["classes"])),
    }
    return types.ElectronicContactRule(**{**entry, **changed})


def _erasure_rule(entry: Entry) -> types.ErasureRule:
    changed = {
        "code": ErasureKeeps(entry["code"]),
        "valid_from": _day(entry["valid_from"]),
        "period": types.Duration.parse(entry["period"]),
    }
    return types.ErasureRule(**{**entry, **changed})


def _request_rule(entry: Entry) -> types.RequestRule:
    """What the entry leaves out is as where no rule is in force."""
    case_type = CaseType(entry["code"])
    changed: dict[str, Any] = {"code": case_type, "valid_from": _day(entry["valid_from"])}
    if "proof" in entry:
        changed["proof"] = ProofLevel(entry["proof"])
    if "file_kept" in entry:
        changed["file_kept"] = types.Duration.parse(entry["file_kept"])
    return replace(DEFAULT_REQUEST_RULES[case_type], **{**entry, **changed})


def _holiday(entry: Entry) -> types.PublicHoliday:
    return types.PublicHoliday(**{**entry, "on": date.fromisoformat(entry["on"])})


def _purpose(entry: Entry) -> types.Purpose:
    fields = dict(entry)
    fields["purpose_class"] = PurposeClass(fields.pop("class"))
    fields |= {
        "legal_basis": LegalBasis(entry["legal_basis"]),
        "least_proof": ProofGrade(entry["least_proof"]),
        "channels": frozenset(entry["channels"]),
        "confirm_within_days": entry["confirm_within_days"] or 0,
        **{name: tuple(entry[name]) for name in ("controllers", "data_categories", "recipients")},
    }
    return types.Purpose(**fields)


def _text_fields(entry: Entry) -> dict[str, Any]:
    return {
        **entry,
        "valid_from": _day(entry["valid_from"]),
        "valid_until": _day(entry["valid_until"]),
        "purposes": frozenset(entry["purposes"]),
    }


def _wording(entry: Entry) -> types.WordingVersion:
    changed = {
        "supersedes": tuple(entry["supersedes"]),
        "fresh_consent_after": _day(entry["fresh_consent_after"]),
        "historical": _historical(entry["historical"]) if "historical" in entry else None,
    }
    return types.WordingVersion(**{**_text_fields(entry), **changed})


def _historical(entry: Entry) -> types.Historical:
    changed = {
        "attested_on": _day(entry["attested_on"]),
        "scan": types.Scan(**entry["scan"]) if entry["scan"] else None,
        "stands_for": tuple(map(_stands_for, entry["stands_for"])),
    }
    return types.Historical(**{**entry, **changed})


def _stands_for(entry: Entry) -> types.StandsFor:
    return types.StandsFor(
        system=entry["system"],
        versions=tuple(entry["versions"]),
        points=tuple(entry["points"]),
        starts_on=_day(entry["from"]),
        ends_on=_day(entry["until"]),
    )


def _topic(entry: Entry) -> types.Topic:
    return types.Topic(entry["code"], entry["names"], tuple(entry.get("purposes", ())))


def _collection_point(entry: Entry) -> types.CollectionPoint:
    asked = tuple(
        types.AskedPurpose(one["purpose"], tuple(one.get("channels", ())), one["wording"]) for one in entry["purposes"]
    )
    changed = {"kind": types.CollectionKind(entry["kind"]), "purposes": asked}
    return types.CollectionPoint(**{**entry, **changed, "origins": tuple(entry.get("origins", ()))})


def _activity(entry: Entry) -> types.ProcessingActivity:
    lists = ("controllers", "purposes", "data_categories", "recipients", "processors")
    changed: dict[str, Any] = {name: tuple(entry[name]) for name in lists}
    changed["legal_basis"] = LegalBasis(entry["legal_basis"])
    changed["legitimate_interest"] = _by_locale(entry["legitimate_interest"])
    changed["source"] = _by_locale(entry.get("source"))
    changed["systems"] = tuple(entry.get("systems", ()))
    changed["category_retention"] = tuple(
        types.CategoryRetention(tuple(one["data_categories"]), one["retention_rule"])
        for one in entry.get("category_retention", ())
    )
    if decision := entry.get("automated_decision"):
        changed["automated_decision"] = types.AutomatedDecision(**decision)
    return types.ProcessingActivity(**{**entry, **changed})


def _on_behalf(entry: Entry) -> types.ProcessingOnBehalf:
    changed: dict[str, Any] = {
        "on_behalf_of": types.OnBehalfOf(**entry["on_behalf_of"]),
        "processors": tuple(entry.get("processors", ())),
        "transfers": tuple(types.Transfer(**one) for one in entry.get("transfers", ())),
    }
    return types.ProcessingOnBehalf(**{**entry, **changed})


def _by_locale(said: str | Mapping[str, str] | None) -> Mapping[str, str] | None:
    return {UNTRANSLATED: said} if isinstance(said, str) else said
