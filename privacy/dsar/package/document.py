"""The answer as a document on A4: what people are told and what was found, without the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable

from privacy.dsar.package.account import Account
from privacy.dsar.package.blocks import Block, Counts, Head
from privacy.pdf import blocks
from privacy.pdf.blocks import Style
from privacy.pdf.document import WIDTH, Document

_NUMBER_WIDTH = 60.0


def document(account: Account, files: Iterable[Block]) -> bytes:
    """The PDF. `files`: what the files of the archive are."""
    words = account.words
    footer = f"{words.phrase('request')} {account.number}"
    made = Document(account.title, account.title, words.locale, account.made_at, footer, words.phrases["pages"])
    told = [*account.facts(), *account.blocks(), *files]
    title = blocks.Paragraph(account.title, Style.TITLE, after=10)
    return made.render([title, *(_block(block) for block in told)])


def _block(block: Block) -> blocks.Block:
    if isinstance(block, Head):
        return blocks.Heading(block.text)
    if isinstance(block, Counts):
        rest = (WIDTH - _NUMBER_WIDTH) / (len(block.heads) - 1)
        widths = (*[rest] * (len(block.heads) - 1), _NUMBER_WIDTH)
        return blocks.Table(block.heads, widths, [blocks.Row(row) for row in block.rows])
    return blocks.Paragraph(block.text, term=block.term, after=2)
