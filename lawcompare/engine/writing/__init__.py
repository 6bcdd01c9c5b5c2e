"""Document -> bytes of a file form, one module each."""
