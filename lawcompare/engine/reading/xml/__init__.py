"""Readers of XML in which a publisher marked clauses: Akoma Ntoso, USLM and bills of Congress."""
