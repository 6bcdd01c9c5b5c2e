"""Which rows of two lists of clauses belong together: candidates, what is measured of them, the links chosen."""
