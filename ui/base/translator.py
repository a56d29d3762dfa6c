"""Translation of Qt's own texts (field menus, file dialogs) from the program's catalogue."""

from PySide6.QtCore import QTranslator

from borderdesk.base.i18n import N_, _, language

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}
"""The name of each language in itself."""

QT_TEXTS = (
    N_("Undo"), N_("Redo"), N_("Cut"), N_("Copy"), N_("Paste"), N_("Delete"), N_("Select All"),
    N_("Copy Link Location"), N_("Insert Unicode control character"), N_("Clear"),
    N_("OK"), N_("Cancel"), N_("Close"), N_("Save"), N_("Open"), N_("Yes"), N_("No"),
    N_("Discard"), N_("Don't Save"), N_("Close without Saving"), N_("Apply"), N_("Reset"),
    N_("Scroll Left"), N_("Scroll Right"), N_("Help"), N_("Show Details..."), N_("Hide Details..."),
    N_("Look in:"), N_("Back"), N_("Go back"), N_("Forward"), N_("Go forward"),
    N_("Parent Directory"), N_("Go to the parent directory"), N_("Create New Folder"),
    N_("Create a New Folder"), N_("List View"), N_("Change to list view mode"),
    N_("Detail View"), N_("Change to detail view mode"), N_("Sidebar"),
    N_("List of places and bookmarks"), N_("Files"), N_("File name:"), N_("Files of type:"),
    N_("Save As"), N_("All Files (*)"), N_("All files (*)"), N_("Rename"), N_("Remove"),
    N_("Show hidden files"), N_("New Folder"), N_("Directory:"), N_("Directories"),
    N_("Find Directory"), N_("Choose"), N_("Computer"), N_("My Computer"), N_("Drive"),
    N_("File"), N_("Folder"), N_("File Folder"), N_("Name"), N_("Size"), N_("Kind"), N_("Type"),
    N_("Date Modified"), N_("Recent Places"), N_("%1 bytes"), N_("%1 byte(s)"), N_("%1 KB"),
    N_("%1 File"), N_("Show"), N_("Unknown"), N_("New Folder %1"),
    N_("%1 already exists.\nDo you want to replace it?"),
    N_("%1\nFile not found.\nPlease verify the correct file name was given."),
    N_("%1\nDirectory not found.\nPlease verify the correct directory name was given."),
    N_("'%1' is write protected.\nDo you want to delete it anyway?"),
    N_("Are you sure you want to delete '%1'?"), N_("Could not delete directory."),
    N_("Invalid filename"), N_("Scroll Left"), N_("Scroll Right"),
    N_("<b>The name \"%1\" cannot be used.</b><p>Try using another name, with fewer characters"
       " or no punctuation marks."),
    # The print dialog, which is Qt's own on Linux.
    N_("Printer"), N_("Name:"), N_("Properties"), N_("Location:"), N_("Local file"), N_("Type:"),
    N_("Write PDF file"), N_("Output file:"), N_("Print to File (PDF)"), N_("Preview"),
    N_("Copies"), N_("Copies:"), N_("Color Mode"), N_("Color"), N_("Grayscale"),
    N_("Double Sided Printing"), N_("Off"), N_("Long side binding"), N_("Short side binding"),
    N_("Print range"), N_("Print all"), N_("Pages from"), N_("to"), N_("Current Page"),
    N_("Selection"), N_("Page Set:"), N_("All Pages"), N_("Odd Pages"), N_("Even Pages"),
    N_("Output Settings"), N_("Collate"), N_("Reverse"), N_("Options >>"), N_("Options <<"),
    N_("Specify pages or ranges separated by commas. Ranges are specified by two numbers "
       "separated by a hyphen. E.g: 3,5-7,9 prints pages 3, 5, 6, 7 and 9."),
    N_("Printer Properties"), N_("Page"), N_("Advanced"), N_("Paper"), N_("Page size:"),
    N_("Width:"), N_("Height:"), N_("Paper source:"), N_("Orientation"), N_("Portrait"),
    N_("Landscape"), N_("Reverse landscape"), N_("Reverse portrait"), N_("Margins"), N_("Custom"),
    N_("Print To File ..."), N_("Write %1 file"),
    N_("%1 is a directory.\nPlease choose a different file name."),
    N_("File %1 is not writable.\nPlease choose a different file name."),
    N_("%1 already exists.\nDo you want to overwrite it?"), N_("Invalid Pages Definition"),
    N_("%1 does not follow the correct syntax. Please use ',' to separate ranges and "
       "pages, '-' to define ranges and make sure ranges do not intersect with each other."),
    N_("The 'From' value cannot be greater than the 'To' value."),
)  # fmt: skip
"""Qt texts that the program can show, marked for the catalogue."""


class QtWords(QTranslator):
    """Translates Qt's texts; mnemonics ("&") are dropped, as the Vietnamese texts have none."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, number: int = -1
    ) -> str:
        """The translation of a text, else the text itself; never empty, as Qt would show that."""
        if language() == "en" or not text:
            return text
        bare = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
        translated = _(bare)
        return translated if translated != bare else text

    def isEmpty(self) -> bool:
        """Never: Qt skips an empty translator."""
        return False
