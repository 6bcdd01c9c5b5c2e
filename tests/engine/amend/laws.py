"""Two laws of our own and how tests amend them."""

from lawcompare.engine.amend import Amended, amend
from lawcompare.engine.document import Document
from lawcompare.engine.reading import read

LAMPS = """\
§ 1. Short title
This Act may be cited as the Lamp Act.

§ 5. Lamps
(a) Duty.—The keeper shall light each lamp at dusk. The keeper may use gas or oil for a lamp.
(b) Fees.—The fee for a lamp is—
  (1) $5 for a gas lamp;
  (2) $6 for an oil lamp; and
  (3) $7 for any other lamp.
(c) Records.—The keeper shall keep records for five years.

§ 6. Keepers
Each town shall name a keeper. The name shall be published.
"""

# The manner of Canada: marginal notes in brackets, numbers without points.
BOATS = """\
[Short title]
1 This Act may be cited as the Boats Act.

[Definitions]
2 The following definitions apply in this Act.
  boat means a craft that
    (a) floats; and
    (b) is rowed. (bateau)
  owner means the person in whose name a boat is registered. (propriétaire)

[Registration]
3 (1) The owner of a boat shall register it
    (a) within 30 days; or
    (b) before its first voyage.
  [Fee]
  (2) The fee is $20.
  [Refund]
  (3) The fee is not refunded.

[Penalty]
4 Every person who fails to register a boat is liable to a fine.
"""


def law(text: str = LAMPS) -> Document:
    return read(text.encode(), filename="law.txt")


def act(*sentences: str) -> Document:
    """An act of which each sentence is a section."""
    sections = [f"SEC. {at}. AMENDMENT.\n{sentence}" for at, sentence in enumerate(sentences, 101)]
    return read("\n\n".join(sections).encode(), filename="act.txt")


def amended(*sentences: str, base: str = LAMPS) -> Amended:
    return amend(law(base), act(*sentences))


def one(sentence: str, base: str = LAMPS) -> tuple[str, dict[str, str], Document]:
    """The reason of the one instruction of a sentence (empty where it was executed), its values, and the law."""
    done = amended(sentence, base=base)
    (outcome,) = done.outcomes
    return outcome.reason, outcome.values, done.document


def text_of(document: Document, eid: str) -> str:
    """A clause with everything in it, on one line."""
    return " ".join(
        part for clause in document.subtree(eid) for part in (clause.num, clause.heading, clause.text) if part
    )
