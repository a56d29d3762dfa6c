"""The first-day sheet: one page, four pictures, in either language."""

import pypdfium2
import pytest

from borderdesk.base.i18n import LANGUAGES, set_language
from borderdesk.reports.handouts.first_day_sheet import PICTURES, first_day_sheet


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_is_one_page_with_four_pictures(lang: str) -> None:
    set_language(lang)
    made = first_day_sheet()
    assert made == first_day_sheet()
    with pypdfium2.PdfDocument(made) as document:
        (page,) = document
        kinds = [one.type for one in page.get_objects()]
        assert kinds.count(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE) == len(PICTURES) == 4
        text = page.get_textpage().get_text_range()
    assert "Ctrl+N" in text
    # The last line is still on the only page.
    assert {"vi": "thông tin mật", "en": "classified content"}[lang] in " ".join(text.split())
