"""Reports on texts as Word files and spreadsheets, and tables that no spreadsheet runs as formulas."""
