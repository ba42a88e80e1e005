"""The form of a programme file: its sections, their fields, and what is meant where one is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from privacy.programme import collecting_form, data_map_form, kinds, processing_form
from privacy.programme.checking import Checking
from privacy.programme.form import Record, Section, Variant, record
from privacy.programme.kinds import Kind, one_of, ref, some, text, texts
from privacy.programme.parties import OWN_SYSTEM
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
from privacy.yaml_document import Path

_COUNTRY_AGE = kinds.whole(13, 21)  # Art. 8(1): a member state may go down to 13, no further.

_CONTROLLERS = some(ref("controllers", "controller"), least=1)
_CATEGORIES = some(ref("data_categories", "data category"))
_RECIPIENTS = some(ref("recipients", "recipient"))
#: Where, and in which language, it is told of what was erased, corrected or restricted (Art. 19).
_TOLD: tuple[tuple[str, Kind, None, bool], ...] = (
    ("email", kinds.email, None, True),
    ("address", text, None, True),
    ("locale", kinds.locale, None, True),
)
_CHANNELS = some(ref("channels", "channel"))
_RETENTION = ref("retention_rules", "retention rule")
_COVERED = record(
    ("systems", some(ref("systems", "system", also=OWN_SYSTEM)), None, True),
    ("data_sets", some(ref("data_sets", "data set")), None, True),
    ("data_categories", _CATEGORIES, None, True),
    ("purposes", some(ref("purposes", "purpose")), None, True),
)

_AUTHORITY = record(("name", text), ("address", text), ("url", kinds.url))
_TEXT = (
    ("code", kinds.code),
    ("version", kinds.version),
    ("valid_from", kinds.day),
    ("valid_until", kinds.day, None),
    # Not a reference: a closed text may name a purpose that has vanished since (see consistency).
    ("purposes", some(kinds.code, least=1)),
)

_STANDS_FOR = record(
    ("system", kinds.system),
    ("versions", some(kinds.as_written, least=1)),
    ("points", some(text), []),
    ("from", kinds.day, None),
    ("until", kinds.day, None),
)
_HISTORICAL = record(
    ("attested_by", text),
    ("attested_on", kinds.day),
    ("scan", record(("sha256", kinds.sha256), ("place", text)), None),
    ("stands_for", some(_STANDS_FOR), []),
)


def _wording(texts_kind: Kind, *texts_default: Any) -> Record:
    return record(
        *_TEXT,
        ("supersedes", some(kinds.version), []),
        ("fresh_consent_after", kinds.day, None),
        ("texts", texts_kind, *texts_default),
        ("historical", _HISTORICAL, None, True),
    )


SECTIONS = (
    Section(
        "jurisdiction",
        "jurisdiction",
        record(
            ("country", kinds.country),
            ("zone", kinds.zone),
            ("locales", some(kinds.locale, least=1)),
            ("authority", _AUTHORITY),
        ),
        many=False,
    ),
    Section(
        "controllers",
        "controller",
        record(
            ("code", kinds.code),
            ("name", text),
            ("address", text),
            ("country", kinds.country),
            ("tax_number", text, None),
            ("email", kinds.email),
            ("phone", kinds.phone, None),
            ("url", kinds.url, None),
            ("privacy_url", kinds.url, None, True),
            ("preferences_url", kinds.url, None, True),
            ("representative", processing_form.REPRESENTATIVE, None, True),
        ),
    ),
    Section(
        "joint_arrangements",
        "joint_arrangement",
        record(
            ("code", kinds.code),
            ("controllers", some(ref("controllers", "controller"), least=2)),
            ("contact_point", ref("controllers", "controller")),
            ("agreed_on", kinds.day),
            ("essence", texts),
        ),
        required=False,
    ),
    Section(
        "brands",
        "brand",
        record(
            ("code", kinds.code),
            ("name", text),
            ("controller", ref("controllers", "controller")),
            ("url", kinds.url, None),
        ),
        required=False,
    ),
    Section(
        "dpo",
        "dpo",
        record(
            ("name", text),
            ("email", kinds.email),
            ("phone", kinds.phone, None),
            ("address", text, None),
            ("controllers", _CONTROLLERS),
        ),
        many=False,
        required=False,
    ),
    Section(
        "contact_kinds",
        "contact_kind",
        record(("code", one_of(ContactKind)), ("names", texts)),
    ),
    Section(
        "channels",
        "channel",
        record(("code", kinds.code), ("contact_kind", ref("contact_kinds", "contact kind"), None), ("names", texts)),
    ),
    Section(
        "identifier_types",
        "identifier_type",
        record(
            ("code", kinds.code),
            ("issuer", kinds.code),
            ("one_per_person", kinds.boolean, False),
            ("links", kinds.boolean, False),
            ("names", texts),
        ),
    ),
    Section(
        "data_categories",
        "data_category",
        record(
            ("code", kinds.code),
            ("names", texts),
            ("special", kinds.boolean, False),
            ("fideslang", some(data_map_form.key), None, True),
        ),
    ),
    Section(
        "recipients",
        "recipient",
        record(
            ("code", kinds.code),
            ("kind", one_of(RecipientKind)),
            ("names", texts),
            ("country", kinds.country),
            ("safeguard", kinds.text_or_texts, None),
            *_TOLD,
        ),
        required=False,
    ),
    Section(
        "processors",
        "processor",
        record(
            ("code", kinds.code),
            ("name", text),
            ("country", kinds.country),
            ("controllers", _CONTROLLERS),
            ("service", text),
            ("agreement", text),
            ("agreed_on", kinds.day),
            ("safeguard", kinds.text_or_texts, None),
            *_TOLD,
        ),
        required=False,
    ),
    Section(
        "retention_rules",
        "retention_rule",
        record(
            ("code", kinds.code),
            ("period", kinds.period, None),
            ("starts", texts),
            ("statute", text),
            ("to_year_end", kinds.boolean, None, True),
            ("trigger", one_of(RetentionTrigger), None, True),
            ("covers", _COVERED, None, True),
            ("fields", some(text, least=1), None, True),
            ("financial_year_ends", kinds.day_of_year, None, True),
            ("action", one_of(RetentionAction), None, True),
            ("approvals", kinds.whole(0, 2), None, True),
            ("warning", record(("days", kinds.whole(1, 365)), ("attempts", kinds.whole(1, 10))), None, True),
        ),
    ),
    Section(
        "age_rules",
        "age_rule",
        record(
            ("code", kinds.code),
            ("country", kinds.country),
            ("setting", one_of(Setting)),
            ("valid_from", kinds.day),
            ("age", _COUNTRY_AGE),
            ("statute", text),
        ),
        key=("code", "country", "setting", "valid_from"),
        required=False,
    ),
    Section(
        "contact_rules",
        "contact_rule",
        record(
            ("code", kinds.code),
            ("country", kinds.country),
            ("valid_from", kinds.day),
            ("valid_until", kinds.day, None),
            ("channels", some(ref("channels", "channel"), least=1)),
            ("classes", some(one_of(PurposeClass), least=1)),
            ("requires", kinds.exactly("consent")),
            ("statute", text),
        ),
        required=False,
    ),
    Section(
        "erasure_rules",
        "erasure_rule",
        record(
            ("code", one_of(ErasureKeeps)),
            ("valid_from", kinds.day),
            ("period", kinds.period),
            ("to_year_end", kinds.boolean, False),
            ("basis", text),
        ),
        key=("code", "valid_from"),
        required=False,
        sparse=True,
    ),
    Section(
        "request_rules",
        "request_rule",
        record(
            ("code", one_of(CaseType)),
            ("valid_from", kinds.day),
            ("proof", one_of(ProofLevel), None, True),
            ("approvals", kinds.whole(1, 2), None, True),
            ("cooling_off_hours", kinds.whole(0, 720), None, True),
            ("most_rows", kinds.whole(1, 10_000_000), None, True),
            ("package_days", kinds.whole(1, 90), None, True),
            ("package_downloads", kinds.whole(1, 100), None, True),
            ("file_kept", kinds.period, None, True),
        ),
        key=("code", "valid_from"),
        required=False,
        sparse=True,
    ),
    Section(
        "breach_rules",
        "breach_rule",
        record(
            ("code", kinds.code),
            ("valid_from", kinds.day),
            ("hours", kinds.whole(1, 8_784)),
            ("counted_from", one_of(BreachMoment)),
            ("to", texts),
            ("statute", text),
        ),
        key=("code", "valid_from"),
        required=False,
        sparse=True,
    ),
    Section(
        "holidays",
        "holiday",
        record(
            ("country", kinds.country),
            ("on", kinds.day),
            ("names", texts),
            ("is_working", kinds.boolean, False),
            ("statute", text),
        ),
        key=("country", "on"),
        required=False,
        sparse=True,
    ),
    Section(
        "purposes",
        "purpose",
        record(
            ("code", kinds.code),
            ("controllers", _CONTROLLERS),
            ("brand", ref("brands", "brand"), None),
            ("class", one_of(PurposeClass)),
            ("legal_basis", one_of(LegalBasis)),
            ("channels", _CHANNELS),
            ("names", texts),
            ("descriptions", texts),
            ("validity", kinds.period, None),
            ("double_opt_in", kinds.boolean, False),
            ("confirm_within_days", kinds.whole(1, 90), None),
            ("least_proof", one_of(ProofGrade), ProofGrade.STAFF_CLAIM.value),
            ("explicit", kinds.boolean, False),
            ("minimum_age", ref("age_rules", "age rule"), None),
            ("data_categories", _CATEGORIES),
            ("recipients", _RECIPIENTS),
            ("retention_rule", _RETENTION),
            ("ask_again_after", kinds.period, None),
        ),
    ),
    Section(
        "message_types",
        "message_type",
        record(("code", kinds.code), ("purpose", ref("purposes", "purpose")), ("names", texts)),
        required=False,
    ),
    Section(
        "topics",
        "topic",
        record(("code", kinds.code), ("names", texts), ("purposes", some(ref("purposes", "purpose")), None, True)),
        required=False,
        sparse=True,
    ),
    Section(
        "wordings",
        "wording",
        Variant(_wording(texts).fields, "historical", _wording(kinds.texts_as_shown, {})),
        key=("code", "version"),
        published=True,
    ),
    Section("notices", "notice", record(*_TEXT, ("texts", texts)), key=("code", "version"), published=True),
    Section("collection_points", "collection_point", collecting_form.COLLECTION_POINT, required=False, sparse=True),
    Section("processing_activities", "processing_activity", processing_form.ACTIVITY),
    Section("processing_on_behalf", "processing_on_behalf", processing_form.ON_BEHALF, required=False, sparse=True),
    Section("systems", "system", data_map_form.SYSTEM, required=False, sparse=True),
    Section("data_sets", "data_set", data_map_form.DATA_SET, key=("fides_key",), required=False, sparse=True),
)

BY_NAME: Mapping[str, Section] = {section.name: section for section in SECTIONS}


def read_sections(checking: Checking, content: Any) -> dict[str, Any]:
    """Every section of the file in its form, defaults filled in; broken values are None."""
    if not isinstance(content, dict):
        checking.wrong((), "The file is no mapping.", f"Start with the sections: {', '.join(BY_NAME)}.")
        return {}
    for name in content:
        if name not in BY_NAME:
            checking.unknown((name,), name, BY_NAME, "section")
    read = {section.name: _section(checking, section, content) for section in SECTIONS}
    return {section.name: read[section.name] for section in SECTIONS if read[section.name] or not section.sparse}


def _section(checking: Checking, section: Section, content: Mapping[str, Any]) -> Any:
    path: Path = (section.name,)
    value = content.get(section.name)
    if value is None:
        if section.required:
            checking.wrong(path, "The section is missing.", "Add it.")
        return [] if section.many else None
    if not section.many:
        return section.record(checking, path, value)
    return some(section.record)(checking, path, value) or []
