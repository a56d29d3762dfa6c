"""The structure of a tagged PDF: the heading, paragraph, cell or figure of every piece of its
pages, for reading aloud and copying.

An element gets its object number when it is made, so that the structure of a finished page is
serialised at once: a register of a thousand pages holds no cell in memory.
"""

import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

Canvas = Any  # ReportLab has no types

END = "EMC"
ARTEFACT = "/Artifact BMC"
HEAD = "/A<</O/Table/Scope/{scope}{spans}>>"


def pdf_text(text: str) -> str:
    """A text string as PDF writes it, readable where it is ASCII."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def head_cell(scope: str, columns: int = 1, rows: int = 1) -> str:
    """The attributes of a head cell: "Column" or "Row", and how many of them it spans."""
    spans = f"/ColSpan {columns}" if columns > 1 else ""
    spans += f"/RowSpan {rows}" if rows > 1 else ""
    return HEAD.format(scope=scope, spans=spans)


class StructureElement:
    """One element. kids: references of its elements and links; places: (object number of a page,
    its marks on it); more: further entries of its dictionary; whole: whether it is complete with
    the page on which it is made."""

    __slots__ = ("kids", "more", "number", "parent", "places", "role", "whole")

    def __init__(self, number: int, role: str, parent: int, more: str, whole: bool) -> None:
        self.number = number
        self.role = role
        self.parent = parent
        self.more = more
        self.whole = whole
        self.kids: list[str] = []
        self.places: list[tuple[int, list[int]]] = []

    def body(self) -> bytes:
        """The element as a PDF object."""
        start = f"<</S/{self.role}/P {self.parent} 0 R{self.more}"
        if len(self.places) == 1 and not self.kids:
            ((page, marks),) = self.places
            content = str(marks[0]) if len(marks) == 1 else f"[{' '.join(map(str, marks))}]"
            return f"{start}/Pg {page} 0 R/K {content}>>".encode("latin-1")
        marked = (
            f"<</Type/MCR/Pg {page} 0 R/MCID {mark}>>"
            for page, marks in self.places
            for mark in marks
        )
        kids = "".join(f"\n{kid}" for kid in (*self.kids, *marked))
        return (f"{start}/K[{kids}]>>" if kids else f"{start}>>").encode("latin-1")


class PackedObjects(NamedTuple):
    """Objects of the file, compressed: their numbers and the length of each."""

    numbers: "array[int]"
    lengths: "array[int]"
    content: bytes

    def unpacked(self) -> Iterator[tuple[int, bytes]]:
        """Every object with its number."""
        content, start = zlib.decompress(self.content), 0
        for number, length in zip(self.numbers, self.lengths, strict=True):
            yield number, content[start : start + length]
            start += length


class StructureTree:
    """Makes the structure of one document while it is drawn on `canvas`, in the order of reading.

    additions: entries that objects of ReportLab get in their dictionaries, by object number.
    """

    def __init__(self, canvas: Canvas, lang: str) -> None:
        self.lang = lang
        self.additions: dict[int, str] = {}
        self._canvas = canvas
        self._document = canvas._doc
        self._root: StructureElement | None = None
        self._section: StructureElement | None = None
        self._owners: list[StructureElement] = []
        self._lasting: list[StructureElement] = []
        self._new: list[StructureElement] = []
        self._links: list[tuple[StructureElement, int]] = []
        self._packed: list[PackedObjects] = []
        self._parents: list[str] = []
        self._silent = 0

    # ---------------------------------------------------------------------- elements

    def element(
        self,
        role: str,
        parent: StructureElement | None = None,
        *,
        more: str = "",
        whole: bool = False,
    ) -> StructureElement:
        """A new element, the last of `parent` or of the section."""
        of = parent or self._section or self._document_element()
        new_element = StructureElement(self.new_number(), role, of.number, more, whole)
        of.kids.append(f"{new_element.number} 0 R")
        self._new.append(new_element)
        return new_element

    def begin_section(self) -> None:
        """Put the following content into a section of its own, as for an annex."""
        self._section = None
        self._section = self.element("Sect")

    def _document_element(self) -> StructureElement:
        if self._root is None:
            self._root = StructureElement(
                self.new_number(), "Document", self.new_number(), "", False
            )
        return self._root

    def new_number(self) -> int:
        """The number of an object that is not ReportLab's."""
        self._document.objectcounter += 1
        return int(self._document.objectcounter)

    # ------------------------------------------------------------------------- marks

    @property
    def silent(self) -> bool:
        """Whether drawing is inside a figure or an artefact, and so marked already."""
        return self._silent > 0

    def mark(self, element: StructureElement) -> str:
        """The operator that opens a piece of an element; `END` closes it. Not while silent."""
        self._owners.append(element)
        return f"/{element.role}<</MCID {len(self._owners) - 1}>>BDC"

    def open(self, element: StructureElement) -> None:
        """Open a piece of an element on the canvas."""
        if not self._silent:
            self._canvas._code.append(self.mark(element))

    def close(self) -> None:
        """Close it."""
        if not self._silent:
            self._canvas._code.append(END)

    def begin_artefact(self) -> None:
        """Mark drawing until `end_artefact` as no content: a rule, a page number, a repeated
        head."""
        if not self._silent:
            self._canvas._code.append(ARTEFACT)
        self._silent += 1

    def end_artefact(self) -> None:
        """End an artefact."""
        self._silent -= 1
        self.close()

    @contextmanager
    def artefact(self) -> Iterator[None]:
        """Mark drawing in the block as no content."""
        self.begin_artefact()
        yield
        self.end_artefact()

    @contextmanager
    def figure(self, alt: str, box: tuple[float, float, float, float]) -> Iterator[None]:
        """Mark drawing in the block as one figure; alt: its alternative text; box: left, bottom,
        right, top."""
        edges = " ".join(f"{edge:.2f}" for edge in box)
        more = f"/Alt {pdf_text(alt)}/A<</O/Layout/BBox[{edges}]/Placement/Block>>"
        self.open(self.element("Figure", more=more, whole=True))
        self._silent += 1
        yield
        self._silent -= 1
        self.close()

    def add_link(self, element: StructureElement, annotation: int) -> None:
        """Make an annotation, by its object number, part of an element that leads somewhere."""
        self._links.append((element, annotation))

    # ------------------------------------------------------------------------- pages

    def page_done(self) -> None:
        """Assign the marks of the page that ReportLab has just closed, and serialise complete
        elements."""
        document = self._document
        page = document.idToObjectNumberAndVersion[f"Page{document.pageCounter - 1}"][0]
        for mark, element in enumerate(self._owners):
            if element.places and element.places[-1][0] == page:
                element.places[-1][1].append(mark)
            else:
                element.places.append((page, [mark]))
        for element, annotation in self._links:
            element.kids.append(f"<</Type/OBJR/Pg {page} 0 R/Obj {annotation} 0 R>>")
            key = self._add_parent(f"{element.number} 0 R")
            self.additions[annotation] = f"/StructParent {key}"
        objects = [(element.number, element.body()) for element in self._new if element.whole]
        self._lasting += (element for element in self._new if not element.whole)
        if self._owners:
            number = self.new_number()
            owners = "\n".join(f"{element.number} 0 R" for element in self._owners)
            objects.append((number, f"[{owners}]".encode()))
            key = self._add_parent(f"{number} 0 R")
            self.additions[page] = f"/StructParents {key}/Tabs/S"
        self._packed.append(_packed(objects))
        self._owners, self._new, self._links = [], [], []

    def _add_parent(self, reference: str) -> int:
        """Add an entry to the tree that leads from pages and annotations to elements."""
        self._parents.append(reference)
        return len(self._parents) - 1

    # ---------------------------------------------------------------------- the file

    def objects(self) -> Iterator[tuple[int, bytes]]:
        """Every object of the structure with its number, its root last."""
        for packed in self._packed:
            yield from packed.unpacked()
        for element in self._lasting:
            yield element.number, element.body()
        document, tree = self._document_element(), self.new_number()
        yield document.number, document.body()
        leaves = "".join(f"\n{key} {leads}" for key, leads in enumerate(self._parents))
        yield tree, f"<</Nums[{leaves}]>>".encode()
        root = (
            f"<</Type/StructTreeRoot/K {document.number} 0 R/ParentTree {tree} 0 R"
            f"/ParentTreeNextKey {len(self._parents)}>>"
        )
        yield self.root_number, root.encode()

    @property
    def root_number(self) -> int:
        """The object number of the root."""
        return self._document_element().parent


def _packed(objects: list[tuple[int, bytes]]) -> PackedObjects:
    return PackedObjects(
        array("I", (number for number, _body in objects)),
        array("I", (len(body) for _number, body in objects)),
        zlib.compress(b"".join(body for _number, body in objects), 1),
    )
