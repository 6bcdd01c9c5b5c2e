"""What the items of a memo say today, and what changed in them since somebody last took note of it."""
