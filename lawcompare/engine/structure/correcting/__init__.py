"""What people correct of a reading: applying it, splitting a clause, and the warnings that remain."""
