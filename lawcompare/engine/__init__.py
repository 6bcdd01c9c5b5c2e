"""Reading, aligning, diffing, anchoring and examining law text.

Plain Python: no Django, no database, no network, no clock. Callers import the module that does the work, for
example ``from lawcompare.engine.align import align``; nothing is imported here, so that loading one part of the
engine does not load the rest.
"""
