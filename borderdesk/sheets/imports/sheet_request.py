"""What a person says of a sheet beside the file itself."""

from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.base.legacy_text import Encoding


class SheetRequest(NamedTuple):
    """What a person says of a sheet beside the file itself.

    sheet: its name or number; header: the number of the row of headings; mapping: {heading or
    letters of a column: key}; fixed: {key: text}; encoding: None to find out; new_picks: whether
    unknown entries are added to their lists; recall: whether what was last confirmed for a list
    with these headings says the rest of the mapping; all_sheets: every sheet that has a table, in
    one import; of_sheets: what was said of single ones then, by name; hamlets: {(commune or "",
    folded name as written): what it is called}; new_hamlets: whether those that nobody knows are
    added to the list of hamlets.
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

    def of(self, sheet: str) -> "SheetRequest":
        """What was said of one sheet of a workbook whose sheets are read together."""
        said = self.of_sheets.get(sheet, self)
        return said._replace(
            sheet=sheet,
            all_sheets=False,
            of_sheets={},
            hamlets=self.hamlets,
            new_hamlets=self.new_hamlets,
        )
