"""The actions of the page of reports, and of closing."""

from collections.abc import Mapping

from borderdesk.base.i18n import N_
from ui.widgets.actions.action_entry import ActionEntry

REPORT = N_("Report")

REPORT_ACTIONS: Mapping[str, ActionEntry] = {
    "view": ActionEntry(REPORT, N_("View"), N_("Make the report and show its pages"), "F5"),
    "save_pdf": ActionEntry(REPORT, N_("Save PDF"), N_("Save the report as a PDF file"), "Ctrl+S"),
    "save_docx": ActionEntry(
        REPORT, N_("Save Word"), N_("Save it to be edited in Word"), "Ctrl+Shift+D"
    ),
    "save_xlsx": ActionEntry(REPORT, N_("Save XLSX"), N_("Save it as a workbook"), "Ctrl+Shift+S"),
    "save_json": ActionEntry(REPORT, N_("Save JSON"), N_("Save its figures as JSON"), "Ctrl+J"),
    "fill_form": ActionEntry(
        REPORT, N_("Fill a Word form…"), N_("Fill a Word form of the unit with these figures"), ""
    ),
    "keep_form": ActionEntry(
        REPORT, N_("Keep a form…"), N_("Keep a Word form of the unit in this desk"), ""
    ),
    "remove_form": ActionEntry(
        REPORT, N_("Take it away"), N_("Take the form that is chosen out of this desk"), ""
    ),
    "print": ActionEntry(REPORT, N_("Print…"), N_("Print the pages that are shown"), "Ctrl+P"),
    "batch": ActionEntry(
        REPORT, N_("Every post…"), N_("Save this report of every post, a PDF each"), "Ctrl+Shift+B"
    ),
    "close_period": ActionEntry(
        REPORT,
        N_("Close – print – send"),
        N_("Keep the figures as they are signed, then print and send them"),
        "Ctrl+Shift+L",
        takes="period.close",
    ),
    "open_period": ActionEntry(
        REPORT,
        N_("Open again"),
        N_("Open the closed period, to correct it"),
        "Ctrl+Shift+O",
        takes="period.close",
    ),
    "sign_paper": ActionEntry(
        REPORT,
        N_("Sign digitally…"),
        N_("Sign the closed report by a token (USB) or a key file, and save the PDF"),
        "Ctrl+Shift+G",
        takes="period.close",
    ),
    "smaller": ActionEntry(REPORT, N_("Smaller"), N_("Show the pages smaller"), "Ctrl+-"),
    "larger": ActionEntry(REPORT, N_("Larger"), N_("Show the pages larger"), "Ctrl++ Ctrl+="),
    "fit": ActionEntry(
        REPORT, N_("Usual size"), N_("Show the pages as wide as there is room"), "Ctrl+0"
    ),
    "cancel": ActionEntry(REPORT, N_("Cancel"), N_("Do not wait for the report")),
}
