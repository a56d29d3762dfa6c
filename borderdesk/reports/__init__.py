"""Reports: built as blocks, rendered last as PDF, Word or XLSX."""
