"""The figures of the ABC and Chhay fonts, in which page numbers and lines above a page are set.

No text in their letters was at hand, so that those stay unread and become a warning.
"""

from __future__ import annotations

from lawcompare.engine.reading.legacy_fonts.convert import FontTable

TABLE = FontTable(
    name="ABC",
    before={},
    letters={},
    after={},
    signs={**dict(zip("0123456789", "០១២៣៤៥៦៧៨៩", strict=True)), "-": "-"},
    sequences={},
    colon="",
)
