"""The answer as a page that needs no script and loads nothing but its style sheet. Whatever a row holds is text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape

from privacy.dsar.package.account import Account
from privacy.dsar.package.blocks import ITEM, Block, Counts, Head, Line
from privacy.dsar.package.files import columns, flat, shown
from privacy.dsar.package.tables import HeldTable

STYLE = "style.css"
#: Rows of a table that stand on the page; the files have all.
MOST_ROWS = 200
#: Signs of a value that stand on the page.
_LONGEST = 2_000
#: Without scripts, forms, frames and pictures, whatever a row holds; `file:` is how the page is opened.
_POLICY = "default-src 'none'; style-src 'self' file:; base-uri 'none'; form-action 'none'"
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<main>
<h1>{title}</h1>
{body}</main>
</body>
</html>
"""
STYLE_SHEET = """\
body { font: 1rem/1.5 "Noto Sans", system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 0; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0.5rem 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.5rem; padding-top: 0.6rem; border-top: 1px solid #d0d5dc; }
h3 { font-size: 1rem; margin: 1.6rem 0 0.4rem; }
p { margin: 0.35rem 0; max-width: 46rem; }
b { font-weight: 600; }
p.item { padding-left: 1.1rem; text-indent: -1.1rem; }
p.item b { display: inline-block; width: 0.8rem; text-indent: 0; }
.rows { overflow-x: auto; overflow-wrap: break-word; border: 1px solid #d0d5dc; border-radius: 4px; }
.rows { width: fit-content; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.875rem; }
table.counts { width: 100%; max-width: 46rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid #e4e7ec; }
th { background: #f3f5f8; white-space: nowrap; }
td { max-width: 24rem; white-space: pre-line; }
tr:last-child td { border-bottom: 0; }
td.number, th.number { text-align: right; }
.quiet { color: #57606a; font-size: 0.875rem; }
@media print { .rows { overflow: visible; overflow-wrap: anywhere; } h2, h3 { break-after: avoid; } }
"""


def page(account: Account, places: Mapping[str, HeldTable], files: Iterable[Block]) -> bytes:
    """The page. `places`: each table by its path in the archive; `files`: what the files are."""
    blocks = [*account.facts(), *account.blocks(), *files]
    body = "".join([*map(_block, blocks), *_data(account, places)])
    text = _PAGE.format(
        lang=account.words.locale,
        policy=escape(_POLICY),
        title=escape(account.title),
        style=STYLE,
        body=body,
    )
    return text.encode()


def _block(block: Block) -> str:
    if isinstance(block, Head):
        return f"<h2>{escape(block.text)}</h2>\n"
    if isinstance(block, Line):
        kind = ' class="item"' if block.term == ITEM else ""
        term = f"<b>{escape(block.term)}</b> " if block.term else ""
        return f"<p{kind}>{term}{escape(block.text)}</p>\n"
    return _counts(block)


def _counts(block: Counts) -> str:
    heads = _cells("th", block.heads)
    rows = "".join(f"<tr>{_cells('td', row)}</tr>\n" for row in block.rows)
    return f'<table class="counts">\n<tr>{heads}</tr>\n{rows}</table>\n'


def _cells(tag: str, texts: tuple[str, ...]) -> str:
    words = "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts[:-1])
    return f'{words}<{tag} class="number">{escape(texts[-1])}</{tag}>'


def _data(account: Account, places: Mapping[str, HeldTable]) -> Iterator[str]:
    words = account.words
    yield f"<h2>{escape(words.phrase('rows_below'))}</h2>\n"
    for path, one in places.items():
        yield f"<h3>{escape(account.name_of(one))}</h3>\n"
        if not one.rows:
            yield f'<p class="quiet">{escape(words.phrase("no_rows"))}</p>\n'
            continue
        yield _rows(account, one)
        if (more := len(one.rows) - MOST_ROWS) > 0:
            told = words.phrase("more_rows", count=more, file=f"data/{path}.json")
            yield f'<p class="quiet">{escape(told)}</p>\n'


def _rows(account: Account, one: HeldTable) -> str:
    rows = [flat(row) for row in one.rows[:MOST_ROWS]]
    names, described = columns(one, rows), one.described()
    heads = ""
    for name in names:
        about = described.get(name)
        told = account.words.told(about) if about else None
        hint = f' title="{escape(told)}"' if told else ""
        heads += f"<th{hint}>{escape(name)}</th>"
    lines = "".join(f"<tr>{''.join(_value(row.get(name), account) for name in names)}</tr>\n" for row in rows)
    return f'<div class="rows"><table>\n<tr>{heads}</tr>\n{lines}</table></div>\n'


def _value(value: object, account: Account) -> str:
    told = account.words.time(value, account.programme.zone) if isinstance(value, date | str) else None
    text = told or shown(value, account.words)
    return f"<td>{escape(text if len(text) <= _LONGEST else text[:_LONGEST] + '…')}</td>"
