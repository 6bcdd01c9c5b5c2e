"""Files of word processors (DOCX, ODT, RTF) as blocks, with their numbering and tracked changes."""
