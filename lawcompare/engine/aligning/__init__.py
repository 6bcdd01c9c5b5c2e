"""How two texts are set against each other, in steps; ``lawcompare.engine.align`` is the way in."""
