"""What a person can do, by the kinds of data that got out. It is said in the letter whoever writes it (Art. 34(2))."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from privacy.breach.options import DataKind


class Advice(StrEnum):
    """One thing that a person can do, in the order in which it is told."""

    PESEL = "pesel"
    CREDIT_REPORT = "credit_report"
    IDENTITY_DOCUMENT = "identity_document"
    CREDENTIALS = "credentials"
    PAYMENT = "payment"
    PHISHING = "phishing"
    SENSITIVE = "sensitive"
    SAFETY = "safety"
    POLICE = "police"


_FOR: dict[Advice, frozenset[DataKind]] = {
    Advice.PESEL: frozenset({DataKind.PESEL}),
    Advice.CREDIT_REPORT: frozenset({DataKind.PESEL, DataKind.IDENTITY_DOCUMENT}),
    Advice.IDENTITY_DOCUMENT: frozenset({DataKind.IDENTITY_DOCUMENT}),
    Advice.CREDENTIALS: frozenset({DataKind.CREDENTIALS}),
    Advice.PAYMENT: frozenset({DataKind.PAYMENT, DataKind.BANK_ACCOUNT}),
    Advice.PHISHING: frozenset({DataKind.EMAIL, DataKind.PHONE, DataKind.CREDENTIALS, DataKind.PURCHASES}),
    Advice.SENSITIVE: frozenset({kind for kind in DataKind if kind.special} | {DataKind.CRIMINAL}),
    Advice.SAFETY: frozenset({DataKind.LOCATION}),
}


def advice_for(kinds: Collection[DataKind]) -> list[Advice]:
    """What can be done about these data; where somebody may misuse them at all, the police come last."""
    found = [advice for advice, of in _FOR.items() if not of.isdisjoint(kinds)]
    return [*found, Advice.POLICE]
