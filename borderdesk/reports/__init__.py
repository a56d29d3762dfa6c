"""Reports: built as blocks, rendered last as PDF or XLSX."""
