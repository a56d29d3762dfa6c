"""Name filters of the files that the program reads and writes, by suffix."""

from borderdesk.base.i18n import N_

PACKAGES = "*.bdx *.bdx.age *.bdx.zip *.BDX *.zip"
SPREADSHEETS = "*.xlsx *.xlsm *.xlsb *.xls *.ods *.csv *.tsv *.txt"
SAVED_KINDS = {
    ".pdf": N_("PDF files (*.pdf)"),
    ".docx": N_("Word documents (*.docx)"),
    ".xlsx": N_("Workbooks (*.xlsx)"),
    ".csv": N_("CSV files (*.csv)"),
    ".bdcard": N_("Cards (*.bdcard)"),
    ".bdsetup": N_("Set-up files (*.bdsetup)"),
    ".json": N_("JSON files (*.json)"),
    ".jpg": N_("Pictures (*.jpg)"),
    ".png": N_("Pictures (*.png)"),
}
"""The name filter of each format that is written, by its suffix; keys of translation."""
