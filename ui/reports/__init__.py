"""The report page: choice, preview, figures, text, closing, printing, saving."""
