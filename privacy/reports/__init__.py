"""Reports: each written once, given as PDF, CSV, JSON or a workbook, the same bytes for the same data and day."""
