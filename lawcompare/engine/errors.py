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


class TooLarge(ReadingError):
    """A text is beyond one of the limits that whoever has it read sets; ``limit`` is its name."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"the text is beyond a limit: {limit}")
        self.limit = limit


class ComparisonError(EngineError):
    """Two texts, or statements about them, cannot be compared."""
