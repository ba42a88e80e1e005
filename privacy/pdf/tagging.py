"""The structure of a document for those who hear it: what is a heading, a paragraph, a cell (ISO 32000-1, 14.7, 14.8).

ReportLab writes none, so its canvas is told here what it draws. What carries no meaning, such as rules, shades and the
lines around a page, is an artifact: no reader reads it aloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

_ARTIFACT = "/Artifact BMC"
_END = "EMC"


class Element:
    """One element of the structure; it stands where it is drawn first, after what was drawn before it."""

    def __init__(self, role: str, within: Element | None = None, *, alternative: str = "", repeats: bool = False):
        #: A standard structure type: H1, H2, P, Table, TR, TH, TD, Figure.
        self.role = role
        #: None for what stands in the document itself.
        self.within = within
        #: What is said in the place of a figure.
        self.alternative = alternative
        #: Whether it is drawn again on later pages, as the head of a table is: it is read once.
        self.repeats = repeats
        #: Elements, and places in pages: their numbers from 0 and the mark there.
        self.kids: list[Element | tuple[int, int]] = []

    @property
    def placed(self) -> bool:
        """Whether something of it is drawn."""
        return bool(self.kids)


class TaggedCanvas(Canvas):
    """A canvas that writes the structure of what is drawn under `marked`, and how many pages there are.

    The stubs of ReportLab know nothing of its document and its code, which every extension of it works upon.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._document = Element("Document")
        #: The elements of each page, by mark.
        self._marks: list[list[Element]] = [[]]
        #: Of each page that ends with one: the text in its place, and what draws the number of pages there.
        self._counting: dict[int, tuple[str, Callable[[int], None]]] = {}

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """Whatever is drawn meanwhile belongs to the element."""
        if element.repeats and element.placed:
            self.addLiteral(_ARTIFACT)
        else:
            here = self._marks[-1]
            self._place(element)
            element.kids.append((len(self._marks) - 1, len(here)))
            self.addLiteral(f"/{element.role} <</MCID {len(here)}>> BDC")
            here.append(element)
        yield
        self.addLiteral(_END)

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Whatever is drawn meanwhile means nothing."""
        self.addLiteral(_ARTIFACT)
        yield
        self.addLiteral(_END)

    def when_counted(self, draw: Callable[[int], None]) -> None:
        """Draw here once it is known how many pages there are; in its own font and colour. Once on a page."""
        place = f"%pages {len(self._marks)}"
        self._counting[len(self._marks) - 1] = place, draw
        self.addLiteral(place)

    def showPage(self) -> None:  # noqa: N802  # ReportLab's name
        """End the page."""
        super().showPage()
        self._marks.append([])

    def save(self) -> None:
        """End the document."""
        if len(self._code):  # type: ignore[attr-defined]
            self.showPage()
        pages = list(self._doc.Pages.pages)  # type: ignore[attr-defined]
        for number, page in enumerate(pages):
            if number in self._counting:
                place, draw = self._counting[number]
                page.stream = page.stream.replace(place, self._drawn(draw, len(pages)))
            # ReportLab's page knows no structure: these are two more of its entries.
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, pdfdoc.PDFName("S")
        _Writer(self._doc).write(self._document, self._marks[: len(pages)])  # type: ignore[attr-defined]
        super().save()

    def _drawn(self, draw: Callable[[int], None], pages: int) -> str:
        """The operators that draw something."""
        before = len(self._code)  # type: ignore[attr-defined]
        draw(pages)
        drawn = "\n".join(self._code[before:])  # type: ignore[attr-defined]
        del self._code[before:]  # type: ignore[attr-defined]
        return drawn

    def _place(self, element: Element) -> None:
        if element.placed:
            return
        within = element.within or self._document
        if within is not self._document:
            self._place(within)
        within.kids.append(element)


@contextmanager
def marked(canvas: Canvas, element: Element | None) -> Iterator[None]:
    """As `TaggedCanvas.marked`, an artifact without an element; nothing on a canvas that writes no structure."""
    if not isinstance(canvas, TaggedCanvas):
        yield
        return
    with canvas.artifact() if element is None else canvas.marked(element):
        yield


class _Raw(pdfdoc.PDFObject):
    """An object whose bytes are known when it is written."""

    __RefOnly__ = 1

    def __init__(self) -> None:
        self.content = b""

    def format(self, _: Any) -> bytes:
        """As ReportLab writes it."""
        return self.content


class _Writer:
    """Writes the structure into a document. There are as many elements as cells, so their bytes are made here."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._objects: dict[Element, tuple[_Raw, str]] = {}

    def write(self, root: Element, marks: list[list[Element]]) -> None:
        """Write it, and say in the catalogue that it is there."""
        tree, tree_name = self._object()
        numbers, numbers_name = self._object()
        pages = [self._number(f"Page{number}") for number in range(1, len(marks) + 1)]
        self._element(root, tree_name, pages)
        of_pages = (f"{number} [{self._list(elements)}]" for number, elements in enumerate(marks))
        numbers.content = f"<< /Nums [{' '.join(of_pages)}] >>".encode("ascii")
        top = self._objects[root][1]
        tree.content = f"<< /Type /StructTreeRoot /K {top} /ParentTree {numbers_name} >>".encode("ascii")
        catalogue = self._document.Catalog
        catalogue.StructTreeRoot = tree
        catalogue.MarkInfo = pdfdoc.PDFDictionary({"Marked": pdfdoc.PDFtrue})

    def _list(self, elements: list[Element]) -> str:
        return " ".join(self._objects[element][1] for element in elements)

    def _element(self, element: Element, parent: str, pages: list[str]) -> str:
        made, name = self._objects.setdefault(element, self._object())
        kids = [
            self._element(kid, name, pages)
            if isinstance(kid, Element)
            else f"<< /Type /MCR /Pg {pages[kid[0]]} /MCID {kid[1]} >>"
            for kid in element.kids
        ]
        said = f" /Alt <{_hexadecimal(element.alternative)}>" if element.alternative else ""
        scope = " /A << /O /Table /Scope /Column >>" if element.role == "TH" else ""
        made.content = f"<< /S /{element.role} /P {parent}{said}{scope} /K [{' '.join(kids)}] >>".encode("ascii")
        return name

    def _object(self) -> tuple[_Raw, str]:
        made = _Raw()
        return made, self._number(self._document.Reference(made).name)

    def _number(self, name: str) -> str:
        number, version = self._document.idToObjectNumberAndVersion[name]
        return f"{number} {version} R"


def _hexadecimal(text: str) -> str:
    return (b"\xfe\xff" + text.encode("utf-16-be")).hex()
