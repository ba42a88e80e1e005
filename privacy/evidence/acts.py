"""The acts as people read them: what was agreed or refused, when, on which text, from which source, to what effect."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from privacy import clock
from privacy.consent.service import CommittedAct
from privacy.evidence.account import Account
from privacy.programme.service import Programme

#: The content of an act: its columns by name.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Texts:
    """The texts that acts cite, as far as they are known: bytes by the name of their file."""

    programme: Programme

    def of_wording(self, row: Row) -> bytes | None:
        """The wording that an act cites by its hash; None where only a scan or a source of its own has it."""
        if row["text_sha256"] is None:
            return None
        for wording in self.programme.wordings.values():
            for locale, sha256 in wording.digests.items():
                if sha256 == row["text_sha256"]:
                    return wording.text(locale).encode()
        return None

    def of_notice(self, row: Row) -> bytes | None:
        """The notice that an act cites, in the language of the act; None where that is not known."""
        notice = self.programme.notices.get((row["notice_code"], row["notice_version"]))
        locale = row["locale"] or self.programme.jurisdiction.locales[0]
        return notice.texts[locale].encode() if notice and locale in notice.texts else None

    def cited_by(self, account: Account) -> dict[str, bytes]:
        """Every text that an act cites, by the path of its file."""
        found = [text(act.content) for act in account.acts for text in (self.of_wording, self.of_notice)]
        return dict(sorted((path_of(text), text) for text in found if text is not None))


def path_of(text: bytes) -> str:
    """Where a text stands in the bundle."""
    return f"texts/{hashlib.sha256(text).hexdigest()}.txt"


def readable_acts(account: Account, texts: Texts) -> list[dict[str, Any]]:
    """Every act, oldest receipt first. Other people appear by their ids alone."""
    return [_act(act, account, texts) for act in account.acts]


def _act(act: CommittedAct, account: Account, texts: Texts) -> dict[str, Any]:
    row = act.content
    event = account.committing.get(str(act.id))
    as_they_stand = ("proof", "setting", "explicit", "age_class", "mandate", "refers_to", "no_effect")
    return {
        "id": str(act.id),
        "subject": str(act.subject_id),
        "act": row["act"],
        "purpose": row["purpose"],
        "channel": row["channel"],
        "contact": row["contact_id"],
        "claimed_at": _time(row["claimed_at"]),
        "happened_between": [_time(row["earliest"]), _time(row["latest"])],
        "received_at": _time(row["received_at"]),
        "wording": _cited(row, "wording", row["text_sha256"], texts.of_wording(row)),
        "notice": _cited(row, "notice", None, texts.of_notice(row)),
        "source": {name: row[f"source_{name}"] for name in ("system", "point", "method")},
        "represented_by": row["by_subject_id"],
        **{name: row[name] for name in as_they_stand},
        "annulled": act.annulled,
        "effects": list(account.effects.get(act.id, ())),
        # Where in the log the event stands that commits to this; null where its body can't be read any more.
        "event_index": event["index"] if event else None,
    }


def _cited(row: Row, kind: str, sha256: str | None, text: bytes | None) -> Row | None:
    if row[f"{kind}_code"] is None and sha256 is None:
        return None
    return {
        "code": row[f"{kind}_code"],
        "version": row[f"{kind}_version"],
        "locale": row["locale"],
        "sha256": sha256 or (hashlib.sha256(text).hexdigest() if text is not None else None),
        "file": path_of(text) if text is not None else None,
    }


def _time(micros: Any) -> str | None:
    """A moment in UTC; what somebody altered into no moment is shown as it stands."""
    try:
        return None if micros is None else clock.isoformat(micros)
    except (TypeError, ValueError, OverflowError):
        return str(micros)
