"""The options of a person for importing a sheet."""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.base.legacy_text import Encoding


class SheetRequest(NamedTuple):
    """The options of a person for importing a sheet.

    sheet: its name or number; header: the number of the row of headings; mapping: {heading or
    letters of a column: key}; fixed: {key: text}; encoding: None to detect it; new_picks: whether
    unknown entries are added to their lists; recall: whether the last confirmed mapping of a list
    with these headings completes `mapping`; all_sheets: every sheet that has a table, in one
    import; of_sheets: options of single ones then, by name; hamlets: {(commune or "", folded name
    as written): the hamlet's name}; new_hamlets: whether unknown ones are added to the list of
    hamlets; unheaded: the letters in `mapping` that are meant for columns without a heading of
    their own, and for no column that has one in another file.
    """

    sheet: str | None = None
    header: int | None = None
    mapping: Mapping[str, str] = {}
    fixed: Mapping[str, str] = {}
    encoding: Encoding | None = None
    new_picks: bool = False
    recall: bool = False
    all_sheets: bool = False
    of_sheets: Mapping[str, "SheetRequest"] = {}
    hamlets: Mapping[tuple[str, str], str] = {}
    new_hamlets: bool = False
    unheaded: frozenset[str] = frozenset()

    def of(self, sheet: str) -> "SheetRequest":
        """The options for one sheet of a workbook whose sheets are read together."""
        options = self.of_sheets.get(sheet, self)
        return options._replace(
            sheet=sheet,
            all_sheets=False,
            of_sheets={},
            hamlets=self.hamlets,
            new_hamlets=self.new_hamlets,
        )
