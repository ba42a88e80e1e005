"""The summary of a bundle for people: who, what, when, what was erased, how to verify. As page and as document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from privacy import clock
from privacy.evidence.account import Account
from privacy.evidence.effect_words import effect_in, reason_in
from privacy.evidence.summary_texts import Words
from privacy.pdf.blocks import Heading, Paragraph, Style
from privacy.pdf.document import Document
from privacy.programme.service import Programme

_TAGS = {Style.TITLE: "h1", Style.NOTE: "p", Style.TEXT: "p", Style.FACT: "p"}
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}}</style>
</head>
<body>
{body}</body>
</html>
"""


@dataclass(frozen=True)
class Summary:
    """What is told about an account, in one language."""

    account: Account
    #: As in `acts.json`.
    acts: Sequence[Mapping[str, Any]]
    decisions: int
    programme: Programme
    words: Words

    def html(self) -> bytes:
        """A page that loads nothing and holds no markup but its own."""
        body = "".join(_as_html(block) for block in self._blocks())
        title = escape(self.words.phrase("title"))
        return _PAGE.format(lang=self.words.locale, title=title, body=body).encode()

    def pdf(self) -> bytes:
        """The same as a document on A4."""
        title = self.words.phrase("title")
        footer = f"{self.account.origin} · {self._local(self.account.at)}"
        document = Document(title, title, self.words.locale, self.account.at, footer, self.words.phrases["pages"])
        return document.render(list(self._blocks()))

    def readme(self, paths: Sequence[str]) -> bytes:
        """What each file of the archive is, and how to verify."""
        phrase = self.words.phrase
        rows = {path: _purpose_of(path) for path in ("manifest.json", *paths)}
        told = dict.fromkeys((_shown(path), name) for path, name in rows.items() if name)
        files = "".join(f"{shown}\n    {phrase(name)}\n" for shown, name in told)
        steps = "".join(f"{number}. {phrase(f'verify_{number}')}\n" for number in range(1, 5))
        parts = (phrase("title"), phrase("intro"), phrase("readme") + "\n\n" + files.rstrip("\n"))
        return ("\n\n".join((*parts, phrase("verify") + "\n\n" + steps))).encode()

    def _blocks(self) -> Iterator[Heading | Paragraph]:
        phrase = self.words.phrase
        yield Paragraph(phrase("title"), Style.TITLE, after=8)
        yield Paragraph(phrase("intro"))
        yield Heading(phrase("facts"))
        yield from self._facts()
        yield Heading(phrase("acts"))
        for act in self.acts:
            yield self._act(act)
        if not self.acts:
            yield Paragraph(phrase("no_acts"))
        yield Heading(phrase("erased"))
        yield from self._erased()
        if self.decisions:
            yield Heading(phrase("decisions"))
            yield Paragraph(phrase("decision_count", count=self.decisions))
        yield Heading(phrase("events"))
        for event in self.account.events:
            yield self._event(event)
        yield Heading(phrase("verify"))
        for number in range(1, 5):
            yield Paragraph(phrase(f"verify_{number}"), term=f"{number}.")

    def _facts(self) -> Iterator[Paragraph]:
        account, phrase = self.account, self.words.phrase
        checkpoint = account.proven.checkpoint
        members = ", ".join(map(str, account.members))
        facts = {
            "subject": str(account.members[0]),
            "members": members if len(account.members) > 1 else "",
            "made": self._local(account.at),
            "log": account.origin,
            "checkpoint": phrase("leaves", size=checkpoint.size, root=checkpoint.root.hex()),
        }
        return (Paragraph(text, term=f"{phrase(name)}:", after=1) for name, text in facts.items() if text)

    def _act(self, act: Mapping[str, Any]) -> Paragraph:
        phrase = self.words.phrase
        kind = self.words.acts.get(act["act"], act["act"])
        head = phrase("on", act=kind, purpose=self._purpose(act["purpose"]), channel=act["channel"])
        told = [
            phrase("happened", at=self._moment(act["claimed_at"])) if act["claimed_at"] else phrase("no_date"),
            phrase("received", at=self._moment(act["received_at"])),
            phrase("source", source=" / ".join(str(part) for part in act["source"].values() if part)),
            *self._cited("wording", act["wording"]),
            *self._cited("notice", act["notice"]),
            *self._effect(act),
            phrase("event", index=act["event_index"]) if act["event_index"] is not None else phrase("no_event"),
        ]
        return Paragraph("; ".join(told) + ".", Style.FACT, term=f"{head}:")

    def _cited(self, name: str, cited: Mapping[str, Any] | None) -> list[str]:
        if cited is None:
            return []
        named = " ".join(str(part) for part in (cited["code"], cited["version"], cited["locale"]) if part)
        where = self.words.phrase("text_of", file=cited["file"]) if cited["file"] else self.words.phrase("no_text")
        return [f"{self.words.phrase(name, **{name: named})} ({where})"]

    def _effect(self, act: Mapping[str, Any]) -> list[str]:
        if act["annulled"]:
            return [self.words.phrase("annulled")]
        if act["no_effect"]:
            return [self.words.phrase("no_effect", reason=reason_in(self.words.locale, act["no_effect"]))]
        effects = ", ".join(effect_in(self.words.locale, effect) for effect in act["effects"])
        return [self.words.phrase("effect", effects=effects)] if effects else []

    def _event(self, event: Mapping[str, Any]) -> Paragraph:
        body = event.get("body")
        if body is None:
            return Paragraph(self.words.phrase("erased_event"), Style.FACT, term=f"{event['index']}.", after=1)
        line = self.words.phrase(
            "event_line",
            action=body["action"],
            object=f"{body['object']['type']} {body['object']['id']}",
            actor=f"{body['actor']['kind']} {body['actor']['id']}",
        )
        return Paragraph(f"{self._moment(body['at'])} · {line}", Style.FACT, term=f"{event['index']}.", after=1)

    def _erased(self) -> Iterator[Paragraph]:
        phrase, account = self.words.phrase, self.account
        gone = [one["object"]["id"] for one in account.objects if one["content"] is None]
        if gone:
            yield Paragraph(phrase("erased_acts", acts=", ".join(gone)))
        if account.unreadable:
            yield Paragraph(phrase("erased_events", count=account.unreadable, all=len(account.events)))
        if not gone and not account.unreadable:
            yield Paragraph(phrase("nothing_erased"))

    def _purpose(self, code: str) -> str:
        purpose = self.programme.purposes.get(code)
        name = purpose.names.get(self.words.locale) if purpose else None
        return f"{name} ({code})" if name else code

    def _moment(self, text: str) -> str:
        try:
            return self._local(clock.to_micros(datetime.fromisoformat(text)))
        except ValueError:
            return text  # Altered into no moment: shown as it stands.

    def _local(self, at: int) -> str:
        return clock.from_micros(at).astimezone(self.programme.zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def _as_html(block: Heading | Paragraph) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>\n"
    tag = _TAGS[block.style]
    term = f"<b>{escape(block.term)}</b> " if block.term else ""
    return f"<{tag}>{term}{escape(block.text)}</{tag}>\n"


def _shown(path: str) -> str:
    return "texts/" if path.startswith("texts/") else path


def _purpose_of(path: str) -> str:
    """The name of the phrase that says what a file is."""
    if path.startswith("texts/"):
        return "file_texts"
    return "file_summary" if path.startswith("summary.") else f"file_{path}"
