"""The public communication (Art. 34(3)(c)): the same words as the letter, as a text, a page and a PDF."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from privacy import clock
from privacy.breach.telling.wording import Section, Wording
from privacy.pdf.blocks import Block, Heading, Paragraph, Style
from privacy.pdf.document import Document


@dataclass(frozen=True)
class PublicNotice:
    """What is published in one language."""

    locale: str
    title: str
    #: First of all that it is a rehearsal, where it is one.
    marked: str | None
    opening: str
    sections: tuple[Section, ...] = field(repr=False)
    footer: str
    pages: str

    @classmethod
    def of(cls, wording: Wording, number: str, *, rehearsal: bool) -> PublicNotice:
        """The notice of today."""
        now = clock.micros()
        title = wording.phrase("notice.title")
        return cls(
            locale=wording.locale,
            title=f"[{wording.phrase('rehearsal')}] {title}" if rehearsal else title,
            marked=wording.phrase("rehearsal.line") if rehearsal else None,
            opening=wording.phrase("notice.opening", controller=wording.controller.name),
            sections=tuple(wording.sections()),
            footer=wording.phrase("notice.footer", number=number, day=wording.day(now)),
            pages=wording.pages,
        )

    def text(self) -> str:
        """For a notice board or a newspaper."""
        parts = [self.title, *self._before()]
        for one in self.sections:
            parts += [one.heading, *one.paragraphs]
        return "\n\n".join([*parts, self.footer]) + "\n"

    def html(self) -> str:
        """A page that stands by itself: no script, no style sheet and no picture from elsewhere."""
        body = "".join(f"<p>{escape(text)}</p>\n" for text in self._before())
        for one in self.sections:
            body += f"<h2>{escape(one.heading)}</h2>\n"
            body += "".join(f"<p>{escape(text)}</p>\n" for text in one.paragraphs)
        return (
            f'<!doctype html>\n<html lang="{escape(self.locale)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n"
            "<style>body{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}</style>\n"
            f"</head>\n<body>\n<main>\n<h1>{escape(self.title)}</h1>\n{body}"
            f"<footer><p>{escape(self.footer)}</p></footer>\n</main>\n</body>\n</html>\n"
        )

    def pdf(self, at: int) -> bytes:
        """For print. The same at the same time has the same bytes."""
        blocks: list[Block] = [Paragraph(self.title, Style.TITLE, after=10.0)]
        blocks += [Paragraph(text) for text in self._before()]
        for one in self.sections:
            blocks.append(Heading(one.heading))
            blocks += [Paragraph(text) for text in one.paragraphs]
        return Document(
            title=self.title,
            subject=self.opening,
            language=self.locale,
            at=at,
            footer=self.footer,
            pages=self.pages,
        ).render(blocks)

    def _before(self) -> list[str]:
        return [*([self.marked] if self.marked else []), self.opening]
