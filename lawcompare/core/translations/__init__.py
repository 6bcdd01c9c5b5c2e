"""What editors write in one language, in the language of the reader."""
