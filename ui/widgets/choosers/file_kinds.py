"""Kinds of files that are read and written, by their suffixes."""

from borderdesk.base.i18n import N_

PACKAGES = "*.bdx *.bdx.age *.bdx.zip *.BDX *.zip"
SPREADSHEETS = "*.xlsx *.xlsm *.xls *.ods *.csv *.tsv *.txt"
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
"""The words of a kind of file that is written, by the end of its name."""
