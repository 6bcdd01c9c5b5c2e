"""A memo as a Word file and a spreadsheet, written at once or by a worker."""
