"""What can go wrong in the engine. Every error is one sentence about the input, with the line where there is one."""


class EngineError(Exception):
    """The input cannot be used.

    ``str(error)`` is one sentence fit for a person: ``line 12: Article 4 appears twice``.
    """

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        self.reason = reason
        self.line = line
        super().__init__(reason if line is None else f"line {line}: {reason}")


class ReadingError(EngineError):
    """A file is not a law text that a reader can take: wrong format, broken, empty, too large, hostile."""


class ComparisonError(EngineError):
    """Two texts, or statements about them, cannot be compared."""
