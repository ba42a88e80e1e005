"""The accountability pack: every report of a period in one signed archive, which verifies without this service.

It is an evidence bundle (docs/evidence.md): a manifest with the hash of each file, a statement signed by the log's key,
a checkpoint, and the sample of the inspection binder as events that are proven to it. What is about one person or one
campaign is in it only where that was named.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import Published
from privacy.authz.permissions import Permission
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.evidence import service as evidence
from privacy.reports import campaign, consent_proof, inspection_binder, log_integrity, making, processing_records
from privacy.reports.accountability_pack_texts import ABOUT, TEXTS, TITLES
from privacy.reports.document import Document
from privacy.reports.listing import REPORTS
from privacy.reports.report import Context, Made, Option, Packed, Report, ReportForm

FORMAT = "accountability-pack/v1"
#: In it only where they are named: by the option without which each cannot be made.
NAMED = {consent_proof.REPORT.name: "subject", campaign.REPORT.name: "answer"}
#: In every pack.
ALWAYS = tuple(report for name, report in REPORTS.items() if name not in NAMED)
_FORMS = (ReportForm.PDF, ReportForm.CSV, ReportForm.JSON)
#: Of the record of processing activities the workbook too: it is read back by `privacy programme activities import`.
_MORE_FORMS = {processing_records.REPORT.name: (ReportForm.XLSX,)}
#: All files together; `privacy-verify` takes twice as much.
_LARGEST = 512 << 20
_OF_BINDER = ("seed", "sample")


class Squeezed(Mapping[str, bytes]):
    """Files that lie compressed until they are asked for, so that a pack takes little more memory than its archive."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}
        self._size = 0

    def add(self, path: str, content: bytes) -> None:
        """Raises `InvalidInput` where all together are more than a pack may be."""
        self._size += len(content)
        if self._size > _LARGEST:
            raise InvalidInput.of("first", "A pack of this period would be too large: give a shorter one.")
        self._files[path] = zlib.compress(content, 1)

    def __getitem__(self, path: str) -> bytes:
        return zlib.decompress(self._files[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def make(context: Context) -> Packed:
    """Make every report of the period, and sign them together."""
    published = log_integrity.checkpoint(context)
    end_read()
    return _Pack(context, published).packed()


class _Pack:
    def __init__(self, context: Context, published: Published) -> None:
        self._context, self._published = context, published
        self._files = Squeezed()
        #: What each file is, by its path.
        self._told: dict[str, Mapping[str, Any]] = {}
        self._within: list[Made] = []
        self._drawn: list[Mapping[str, Any]] = []

    def packed(self) -> Packed:
        named = [REPORTS[name] for name, option in NAMED.items() if self._context.option(option)]
        reports = [*ALWAYS, *named]
        for done, report in enumerate(reports):
            self._context.progress(done, len(reports) + 1)
            self._add(report)
        self._context.progress(len(reports), len(reports) + 1)
        content = self._signed([report.name for report in reports])
        self._context.progress(len(reports) + 1, len(reports) + 1)
        logged = {"log_size": str(self._published.size), "reports": " ".join(report.name for report in reports)}
        return Packed(content, logged, tuple(self._within))

    def _add(self, report: Report) -> None:
        """A report in each of its forms, its content read once, and the files that go with it."""
        options = self._options(report)
        document: Document | None = None
        for form in (*_FORMS, *_MORE_FORMS.get(report.name, ())):
            asked = replace(self._context.asked, name=report.name, form=form, options=options)
            context = making.context_of(report, asked, self._context.actor)
            known = None if form is ReportForm.XLSX else document  # The workbook is written by the programme's room.
            content = known or making.content_of(report, context)
            document = content if isinstance(content, Document) else document
            made = making.made_of(report, content, context)
            shown = {"title": report.titles.in_(asked.locale), "form": form.value}
            self._put(report, f"{report.name}.{form}", made.content, shown)
        if document is not None:
            self._attach(report, document)
        if report.name in NAMED:
            self._within.append(made)

    def _attach(self, report: Report, document: Document) -> None:
        for name, text in document.attached.items():
            self._put(report, name, text.encode(), {})
            if report is inspection_binder.REPORT and name.startswith("proof-"):
                self._drawn.append(json.loads(text)["event"])

    def _put(self, report: Report, name: str, content: bytes, shown: Mapping[str, str]) -> None:
        path = f"{report.name}/{name}"
        self._files.add(path, content)
        # Parameters that are files, or about somebody, are told by the report itself.
        told = {} if report.name in NAMED else self._options(report)
        self._told[path] = {"report": report.name, **shown, "parameters": told}

    def _options(self, report: Report) -> dict[str, str]:
        known = {option.name for option in report.options}
        given = {name: value for name, value in self._context.asked.options.items() if name in known and value}
        return given | ({"size": str(self._published.size)} if "size" in known else {})

    def _signed(self, reports: list[str]) -> bytes:
        context, published = self._context, self._published
        self._files.add("events.jsonl", evidence.lines(sorted(self._drawn, key=lambda event: int(event["index"]))))
        about = self._about(reports)
        self._files.add("contents.json", audit.readable({"format": FORMAT, **about, "files": self._told}))
        self._files.add("README.txt", self._readme(reports).encode())
        proven = evidence.Proven(published, audit.endorsements(published.size))
        # The moment of the checkpoint, and not the clock's: whoever names the same checkpoint gets the same bytes.
        at = clock.isoformat(published.published_at)
        content = evidence.packed(self._files, {"pack": FORMAT, **about}, proven, at=at)
        end_read()
        assert context.asked.form is ReportForm.ZIP
        return content

    def _about(self, reports: list[str]) -> dict[str, Any]:
        context = self._context
        period, programme = context.asked.period, context.programme
        return {
            "period": {"first": period.first.isoformat(), "last": period.last.isoformat()},
            "as_of": context.today.isoformat(),
            "language": context.asked.locale,
            "controllers": [one.name for one in programme.controllers.values()],
            "programme": {"number": programme.number, "sha256": programme.sha256},
            "log": {
                "origin": audit.origin(),
                "size": self._published.size,
                "root": base64.b64encode(self._published.root).decode(),
            },
            "parameters": {name: context.option(name) for name in _OF_BINDER if context.option(name)},
            "reports": reports,
        }

    def _readme(self, reports: list[str]) -> str:
        context, words = self._context, self._context.words
        locale, period = context.asked.locale, context.asked.period
        return "\n".join(
            [
                TITLES.in_(locale),
                words.say("period", first=words.day(period.first), last=words.day(period.last)),
                words.say("as_of", day=words.day(context.today)),
                words.say("controllers", names=", ".join(one.name for one in context.programme.controllers.values())),
                "",
                words.say("verify"),
                "",
                "  python3 -I privacy_verify.py pack.zip --key KEY",
                "",
                *(f"  {name + '/':<22} {REPORTS[name].titles.in_(locale)}" for name in reports),
                *(f"  {name:<22} {words.say(said)}" for name, said in _BESIDE.items()),
                "",
                words.say("again", size=self._published.size),
                "",
            ]
        )


_BESIDE = {"events.jsonl": "events_file", "contents.json": "contents_file", "manifest.json": "manifest_file"}


def _of_named() -> Iterator[Option]:
    """What the reports ask for that are in a pack only where they are named; none is asked for the pack itself."""
    for name in NAMED:
        yield from (replace(option, required=False) for option in REPORTS[name].options)


REPORT = Report(
    name="accountability_pack",
    permission=Permission.AUDIT_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    forms=(ReportForm.ZIP,),
    options=(*inspection_binder.REPORT.options, *_of_named()),
    also=frozenset(report.permission for report in ALWAYS),
)
