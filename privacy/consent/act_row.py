"""The row of one act: what it cites, when it happened, what makes it the same act again. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import acts, proof
from privacy.consent.acts import ANY, NO_CHANNEL, Interval, NoEffect
from privacy.consent.intake import ActIn
from privacy.crypto import blind_index, canonical, keyring
from privacy.programme.types import ContactKind, Programme
from privacy.subjects.service import ContactRow, SubjectRow


@dataclass
class Target:
    """One row to write: on whom, for which pair, on which contact."""

    subject: SubjectRow
    purpose: str
    channel: str
    contact: ContactRow | None


@dataclass(frozen=True)
class Receipt:
    """What all rows of one request share."""

    given: ActIn
    programme: Programme
    actor: Actor
    #: When the act happened, fixed now for good.
    timed: Interval
    received: int
    #: The parent or representative who acted.
    by_id: UUID | None = None

    @property
    def repeatable(self) -> bool:
        """Whether the act can come again: without a date or a name of its own each receipt is another act."""
        return self.given.claim is not None or self.given.once is not None or not self.given.dated

    @property
    def purpose(self) -> str:
        """The purpose of all rows."""
        return self.given.purpose or ANY

    @cached_property
    def text(self) -> proof.Shown:
        """The wording that the act cites, as of its day."""
        given, cited = self.given, self.given.wording
        return proof.shown(
            self.programme,
            given.act,
            self.purpose,
            self._day,
            code=cited.code if cited else None,
            version=cited.version if cited else None,
            locale=cited.locale if cited else None,
            text_sha256=given.text_sha256,
        )

    @cached_property
    def notice_version(self) -> str | None:
        """The version of the notice that the act cites; without one it is the version in force on its day."""
        notice = self.given.notice
        if notice is None or notice.version is not None:
            return notice.version if notice else None
        in_force = self.programme.notice_in_force(notice.code, self._day)
        return in_force.version if in_force else None

    @cached_property
    def content(self) -> Mapping[str, Any]:
        """What all rows say alike, as far as it makes the act the same act again."""
        given, naming, text = self.given, self.given.naming, self.text
        who = sorted((a.type.code, a.normal.key) for a in naming.accounts)
        contacts = sorted((kind.value, c.normal.key) for kind, c in naming.contacts.items())
        return {
            "realm": naming.realm.value,
            "ref": str(naming.ref),
            "accounts": [list(pair) for pair in who],
            "contacts": [list(pair) for pair in contacts],
            # Whoever is named by a reference leads.
            "subject": str(naming.ref) if naming.ref else None,
            "claim": [given.claim.start, given.claim.width] if given.claim else None,
            "source": [given.source.system, given.source.point, given.source.method, given.proof.value],
            # What was wrong the first time and is sent again mended is another act.
            "text": [text.code, text.version, text.locale, text.text_sha256, given.explicit],
            "person": [given.age_class.value if given.age_class else None, given.setting.value],
            "by": str(self.by_id),
        }

    @cached_property
    def _day(self) -> date:
        return clock.from_micros(self.timed.earliest).astimezone(self.programme.zone).date()


def values_of(receipt: Receipt, target: Target, act_id: UUID, index: bytes) -> dict[str, Any]:
    """The columns of the act; a wording or notice without a version is the one in force on its day."""
    given, text = receipt.given, receipt.text
    key = target.subject.key
    age = given.age_class or target.subject.age_class
    evidence = msgspec.json.encode(dict(given.evidence)) if given.evidence else None
    no_effect = receipt.timed.no_effect or _pair_unknown(receipt.programme, target) or text.no_effect
    return {
        "id": act_id,
        "subject_id": target.subject.id,
        "act": given.act.value,
        "purpose": target.purpose,
        "channel": target.channel,
        "contact_id": target.contact.id if target.contact else None,
        "claimed_at": given.claim.start if given.claim else None,
        "earliest": receipt.timed.earliest,
        "latest": receipt.timed.latest,
        "received_at": receipt.received,
        "wording_code": text.code,
        "wording_version": text.version,
        "locale": text.locale,
        "text_sha256": text.text_sha256,
        "notice_code": given.notice.code if given.notice else None,
        "notice_version": receipt.notice_version,
        "source_system": given.source.system,
        "source_point": given.source.point,
        "source_method": given.source.method,
        "proof": given.proof.value,
        "setting": given.setting.value,
        "explicit": given.explicit,
        "age_class": str(age) if age else None,
        "by_subject_id": receipt.by_id,
        "mandate": given.mandate,
        "refers_to": None,
        "no_effect": no_effect.value if no_effect and given.act in acts.YESES else None,
        "repeat_index": index,
        "recorded_by": receipt.actor.id,
        "evidence_enc": key.seal("consent_act", "evidence_enc", act_id, evidence) if evidence else None,
        "key_version": key.version,
    }


def _pair_unknown(programme: Programme, target: Target) -> NoEffect | None:
    if target.purpose == ANY or target.channel in {ANY, NO_CHANNEL}:
        return None
    known = target.channel in programme.purpose(target.purpose).channels
    return None if known else NoEffect.PAIR_UNKNOWN


def repeat_index_of(receipt: Receipt, channel: str, kind: ContactKind | None) -> bytes:
    """The index of a repeatable act, before anybody is looked up.

    `kind` is that of the contact which the act is recorded on, None for one on the account.
    """
    return repeat_index(receipt, channel, kind, act_id=None)


def repeat_index(receipt: Receipt, channel: str, kind: ContactKind | None, *, act_id: UUID | None) -> bytes:
    """What makes an act the same act again: the source's own name for it, or who, what, when, where, on which text.

    Without a claimed time or a name each receipt is an act of its own, which its id tells apart.
    """
    contact = kind.value if kind else None
    place = [receipt.purpose, channel]
    if receipt.given.once is not None:
        named = ["once", str(receipt.actor.id), receipt.given.once, *place, contact]
        return blind_index.of_repeat(keyring.installed(), canonical.encode(named))
    content = {
        **receipt.content,
        "contact": contact,
        "act": [receipt.given.act.value, *place],
        "receipt": None if receipt.repeatable else str(act_id),
    }
    return blind_index.of_repeat(keyring.installed(), canonical.encode(content))
