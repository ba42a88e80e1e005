"""Profiles of other tools: small exports as those tools write them, dirt and all, and what everybody ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import ImportOut, Reject
from privacy.db import Driver, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.importing.conftest import rows_of
from tests.rules.source import ROOT

pytestmark = pytest.mark.usefixtures("installed")

SAMPLES = ROOT / "tests" / "consent" / "importing" / "samples"
EVERYTHING = ("consent_act", "consent_fact", "suppression", "data_subject", "subject_contact", "audit_event")
OFFERS = consent.ImportOptions("offers", "klauzula", "3.0")
#: An act as act, channel, claimed time (None: as of its receipt), proof, and why it has no effect.
Act = tuple[str, str, str | None, str, str | None]


@dataclass(frozen=True)
class Tool:
    """An export in the samples, and what must come of it."""

    name: str
    options: consent.ImportOptions
    #: By person and channel: why they may or may not be contacted for offers.
    reasons: Mapping[tuple[str, str], str]
    #: Acts on offers, or on all marketing, by person.
    acts: Mapping[str, list[Act]]
    #: File, line and columns of the rows that are reported.
    rejects: set[tuple[str, int, str]] = field(default_factory=set)
    suppressed: int = 0

    @property
    def path(self) -> Path:
        return SAMPLES / self.name


GETRESPONSE = Tool(
    "getresponse",
    OFFERS,
    reasons={
        ("ada.wierzbicka@klient.example", "email"): "given",
        ("bruno@klient.example", "email"): "no_record",
        ("celina@klient.example", "email"): "insufficient_proof",
        ("dawid@klient.example", "email"): "withdrawn",
        ("edyta@klient.example", "email"): "suppressed",
        ("franek@klient.example", "email"): "no_record",
        ("gosia@klient.example", "email"): "requested",
        ("hanna@klient.example", "email"): "given",
        ("igor@klient.example", "email"): "withdrawn",
    },
    acts={
        "ada.wierzbicka@klient.example": [("give", "email", "2024-03-02T07:30:49Z", "own_act", None)],
        "bruno@klient.example": [],
        "celina@klient.example": [("give", "email", "2023-05-01T10:00:00Z", "own_act", "wording_not_in_force")],
        "dawid@klient.example": [
            ("give", "email", "2024-06-01T10:00:00Z", "own_act", None),
            ("withdraw", "email", None, "own_act", None),
        ],
        "gosia@klient.example": [("request", "email", "2026-11-18T18:02:11Z", "own_act", None)],
        "igor@klient.example": [
            ("give", "email", "2025-02-01T12:00:00Z", "own_act", None),
            ("withdraw", "email", "2025-09-01T12:00:00Z", "own_act", None),
        ],
    },
    rejects={("subscribed.ndjson", 7, "createdOn"), ("subscribed.ndjson", 8, "email"), ("subscribed.ndjson", 9, "")},
    suppressed=1,
)
SALESMANAGO = Tool(
    "salesmanago",
    OFFERS,
    reasons={
        ("jadwiga@klient.example", "email"): "given",
        ("+48600100201", "sms"): "no_record",
        ("karol@klient.example", "email"): "withdrawn",
        ("lena@klient.example", "email"): "given",
        ("+48600100203", "sms"): "withdrawn",
        ("+48600100203", "voice"): "withdrawn",
        ("marek@klient.example", "email"): "suppressed",
        ("nina@klient.example", "email"): "no_record",
        ("olga@klient.example", "email"): "refused",
        ("piotr@klient.example", "email"): "withdrawn",
    },
    acts={
        "jadwiga@klient.example": [("give", "email", "2025-01-01T10:00:00Z", "staff_claim", None)],
        "karol@klient.example": [
            ("give", "email", "2025-01-01T10:00:00Z", "staff_claim", None),
            ("withdraw", "email", "2025-06-01T10:00:00Z", "staff_claim", None),
        ],
        "olga@klient.example": [("refuse", "email", "2025-01-01T10:00:00Z", "staff_claim", None)],
        "piotr@klient.example": [("withdraw", "email", "2025-01-01T10:00:00Z", "staff_claim", None)],
    },
    rejects={("contacts.ndjson", 5, "phone, optedOut")},
    suppressed=1,
)
FRESHMAIL = Tool(
    "freshmail",
    OFFERS,
    reasons={
        ("roza@klient.example", "email"): "given",
        ("sergiusz@klient.example", "email"): "withdrawn",
        ("tamara@klient.example", "email"): "given",
        ("urszula@klient.example", "email"): "no_record",
        ("wanda@klient.example", "email"): "insufficient_proof",
        ("zenon@klient.example", "email"): "withdrawn",
        ("krotki@klient.example", "email"): "no_record",
    },
    acts={
        # Warsaw is two hours ahead in May.
        "roza@klient.example": [("give", "email", "2024-05-06T07:10:11Z", "staff_claim", None)],
        "sergiusz@klient.example": [("withdraw", "email", "2025-06-07T10:13:14Z", "staff_claim", None)],
        "urszula@klient.example": [],
        "wanda@klient.example": [("give", "email", "2023-11-30T22:59:59Z", "staff_claim", "wording_not_in_force")],
        "zenon@klient.example": [("withdraw", "email", None, "staff_claim", None)],
    },
    rejects={("lista_1.csv", 7, "Data usunięcia"), ("lista_1.csv", 9, "Email"), ("lista_1.csv", 10, "")},
)
KLAVIYO = Tool(
    "klaviyo",
    OFFERS,
    reasons={
        ("adela@shop.example", "email"): "given",
        ("borys@shop.example", "email"): "withdrawn",
        ("cyryl@shop.example", "email"): "no_record",
        ("daria@shop.example", "email"): "suppressed",
        ("emil@shop.example", "email"): "suppressed",
        ("felicja@shop.example", "email"): "suppressed",
        ("gracjan@shop.example", "email"): "suppressed",
        ("helena@shop.example", "email"): "no_record",
        ("iwo@shop.example", "email"): "no_record",
        ("jagoda@shop.example", "email"): "suppressed",
        ("+48600100301", "sms"): "given",
        ("+48600100302", "sms"): "no_record",
    },
    acts={
        "adela@shop.example": [("give", "email", "2024-03-01T10:00:00Z", "staff_claim", None)],
        "+48600100301": [("give", "sms", "2024-03-01T10:00:05Z", "staff_claim", None)],
        "borys@shop.example": [("withdraw", "email", "2025-02-03T04:05:06Z", "staff_claim", None)],
        "cyryl@shop.example": [],
        "helena@shop.example": [("give", "email", None, "staff_claim", "no_date")],
        "iwo@shop.example": [],
    },
    rejects={("VIP list.csv", 11, "Email Marketing Consent Timestamp")},
    suppressed=5,
)
SALESFORCE = Tool(
    "salesforce",
    consent.ImportOptions(wording="klauzula", version="3.0"),
    reasons={
        ("anna.kruk@firma.example", "email"): "no_record",
        ("beata.lis@firma.example", "email"): "withdrawn",
        ("cezary.mak@firma.example", "email"): "no_record",
        ("+48600100403", "voice"): "withdrawn",
        ("+48600100403", "sms"): "no_record",
        ("dorota.nur@firma.example", "email"): "suppressed",
        # Mail came back, which says nothing about the phone.
        ("+48600100404", "sms"): "no_record",
        # Agreed, but nobody told the address of the Individual yet.
        ("0PKA00000000001", "email"): "contact_unknown",
        ("0PKA00000000001", "sms"): "withdrawn",
        ("0PKA00000000001", "voice"): "withdrawn",
        ("0PKA00000000003", "email"): "no_record",
        ("0PKA00000000004", "email"): "contact_unknown",
        ("0PKA00000000006", "email"): "withdrawn",
        ("0PKA00000000007", "email"): "no_record",
        ("0PKA00000000008", "email"): "no_record",
    },
    acts={
        "anna.kruk@firma.example": [],
        "beata.lis@firma.example": [("withdraw", "email", "2025-03-04T05:06:07Z", "staff_claim", None)],
        "+48600100403": [("withdraw", "voice", "2025-03-04T05:06:07Z", "staff_claim", None)],
        "0PKA00000000004": [
            ("give", "email", "2024-05-06T07:08:09Z", "staff_claim", None),
            ("confirm", "email", "2024-05-06T09:00:00Z", "staff_claim", None),
        ],
        "0PKA00000000008": [],
    },
    rejects={("Contact.csv", 7, "Email"), ("ContactPointTypeConsent.csv", 8, "purpose")},
    suppressed=1,
)
TOOLS = [GETRESPONSE, SALESMANAGO, FRESHMAIL, KLAVIYO, SALESFORCE]
BY_NAME = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)


def import_it(
    name: str, options: consent.ImportOptions, path: Path, rejects: list[Reject] | None = None, *, dry_run: bool = False
) -> ImportOut:
    found = consent.import_files(path)
    running = consent.Import(consent.profile(name), found, options, actor=OPERATOR, programme=programmes.current())
    into = [] if rejects is None else rejects
    return running.run(dry_run=dry_run, on_reject=into.append)


def _named(person: str) -> dict[str, str]:
    if "@" in person:
        return {"email": person}
    return {"phone": person} if person.startswith("+") else {"customer_id": person}


def reason(person: str, channel: str) -> str:
    """Why somebody may or may not be contacted for offers."""
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, _named(person))
    asked = consent.CheckIn(naming, programme.purpose("offers"), channel)
    found = consent.check(asked, actor=OPERATOR, programme=programme, driver=Driver.of(session())).decision
    session().rollback()
    assert found.allowed == (found.reason.value == "given")
    return found.reason.value


def acts(person: str) -> list[Act]:
    """What is recorded of somebody on offers or on all marketing, the earliest first."""
    naming = subjects.name_of(programmes.current(), OPERATOR, _named(person))
    found = [act for act in consent.acts_of(subjects.find_ids(naming)) if act.purpose in {"offers", "*"}]
    session().rollback()
    told = [
        (
            act.act.value,
            act.channel,
            None if act.claimed_at is None else clock.isoformat(act.claimed_at),
            act.proof,
            act.no_effect,
        )
        for act in found
    ]
    return sorted(told, key=lambda act: (act[2] or "9999", act[0]))


@BY_NAME
def test_what_everybody_ends_with(tool: Tool) -> None:
    import_it(tool.name, tool.options, tool.path)
    assert {asked: reason(*asked) for asked in tool.reasons} == dict(tool.reasons)
    assert [found for _, found in consent.verify() if found] == []


@BY_NAME
def test_what_is_recorded_and_what_is_reported(tool: Tool) -> None:
    rejects: list[Reject] = []
    out = import_it(tool.name, tool.options, tool.path, rejects)
    assert {person: acts(person) for person in tool.acts} == dict(tool.acts)
    assert {(reject.file, reject.line, reject.field) for reject in rejects} == tool.rejects
    assert out.suppressed == tool.suppressed
    assert out.permissions_gained == list(tool.reasons.values()).count("given")


@BY_NAME
def test_a_second_import_changes_nothing(tool: Tool) -> None:
    dry = import_it(tool.name, tool.options, tool.path, dry_run=True)
    first = import_it(tool.name, tool.options, tool.path)
    assert dry == first
    kept = rows_of(*EVERYTHING)
    second = import_it(tool.name, tool.options, tool.path)
    assert (second.acts_recorded, second.suppressed, second.permissions_gained) == (0, 0, 0)
    assert rows_of(*EVERYTHING) == kept


@pytest.mark.parametrize(
    ("name", "file", "header", "told"),
    [
        ("freshmail", "lista.csv", "Email;Added;Removed;Status", "Data usunięcia"),
        ("freshmail", "lista.csv", "Data dodania;Data usunięcia;Status", "Email"),
        ("klaviyo", "vip.csv", "Email,Email Marketing Consent,Email Suppressions", "Email Marketing Consent Timestamp"),
        ("klaviyo", "suppressed.csv", "Address,Reason", "Email"),
        ("salesforce", "Contact.csv", "Id,Email,LastModifiedDate", "HasOptedOutOfEmail"),
        (
            "salesforce",
            "ContactPointTypeConsent.csv",
            "PartyId,PrivacyConsentStatus,CaptureDate",
            "DataUsePurpose.Name",
        ),
    ],
)
def test_a_file_without_its_columns_is_refused_by_their_names(
    name: str, file: str, header: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(f"{header}\n")
    with pytest.raises(InvalidInput) as refused:
        import_it(name, next(tool.options for tool in TOOLS if tool.name == name), tmp_path)
    assert told in str(refused.value.extensions["errors"]["path"])


def test_a_file_of_no_kind_that_the_profile_knows_is_refused_with_the_kinds(tmp_path: Path) -> None:
    (tmp_path / "kontakty.ndjson").write_text('{"email": "ada@klient.example"}\n')
    with pytest.raises(InvalidInput, match="subscribed, unconfirmed, removed, undelivered, consents"):
        import_it("getresponse", OFFERS, tmp_path)


def test_columns_that_an_export_may_lack_are_not_missed(tmp_path: Path) -> None:
    header = "email,EMAIL MARKETING CONSENT,Email Marketing Consent Timestamp,Email Suppressions"
    header += ",Email Suppressions Timestamp"
    (tmp_path / "vip.csv").write_text(f"{header}\nadela@shop.example,SUBSCRIBED,2024-03-01 10:00:00,,\n")
    assert import_it("klaviyo", OFFERS, tmp_path).rejected == 0
    assert reason("adela@shop.example", "email") == "given"


def test_a_consent_of_an_individual_counts_for_an_address_that_was_theirs_then() -> None:
    import_it("salesforce", SALESFORCE.options, SALESFORCE.path)
    programme = programmes.current()
    told = {"customer_id": "0PKA00000000001", "email": "anna.kruk@firma.example"}
    since = clock.to_micros(datetime(2024, 1, 10, tzinfo=UTC))
    with unit_of_work():
        naming = subjects.name_of(programme, OPERATOR, told)
        subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", held_from=since)
    assert reason("0PKA00000000001", "email") == "given"
    assert reason("anna.kruk@firma.example", "email") == "given"
    assert reason("0PKA00000000001", "sms") == "withdrawn"
