"""Lists inside a clause: their levels, their points, and numbers that stand without a word."""
