"""Every way in which the sandbox can fail for a reason a person can act on.

Belongs here: the exception types. Does not belong here: what a terminal makes of them; that is the caller's.
"""

from __future__ import annotations

from pathlib import Path


class SandboxError(Exception):
    """What happened, and what to do about it; `str(error)` is one line, "<what>. <do>."."""

    def __init__(self, what: str, *, do: str) -> None:
        self.what = what.rstrip(".")
        self.do = do.rstrip(".")
        super().__init__(f"{self.what}. {self.do}.")


class FileError(SandboxError):
    """A file of the district cannot be used; names the file, the line (header = 1) and the column."""

    def __init__(self, file: Path, what: str, *, do: str, line: int | None = None, column: str | None = None) -> None:
        places = (file.name, line and f"line {line}", column and f"column {column}")
        super().__init__(f"{', '.join(place for place in places if place)}: {what}", do=do)
