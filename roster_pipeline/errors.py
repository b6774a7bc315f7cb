"""Every way in which the pipeline can fail for a reason a person can act on.

Belongs here: the exception types shared by all layers. Does not belong here: bugs (they stay
ordinary exceptions) and anything that knows Dagster or the terminal.
"""

from __future__ import annotations

from pathlib import Path


class RosterError(Exception):
    """Something a person can act on: what happened, and what to do about it.

    `str(error)` is one line, "<what>. <do>."; it carries ids and counts, never a person's name,
    an e-mail or a token.
    """

    exit_code = 1
    retry_helps = False

    def __init__(self, what: str, *, do: str) -> None:
        self.what = what.rstrip(".")
        self.do = do.rstrip(".")
        super().__init__(f"{self.what}. {self.do}.")


class InputError(RosterError):
    """A file that people edit cannot be used; names the file, the line (header = 1) and the column."""

    def __init__(self, file: Path, what: str, *, do: str, line: int | None = None, column: str | None = None) -> None:
        where = file.name
        if line is not None:
            where += f", line {line}"
        if column is not None:
            where += f", column {column}"
        super().__init__(f"{where}: {what}", do=do)


class CleverUnavailable(RosterError):
    """Clever did not answer, or not properly, although it was asked several times. Running again can help."""

    retry_helps = True


class CleverRefused(RosterError):
    """Clever will not answer this request however often it is asked: a dead token, a district that left."""


class BrokenExtract(RosterError):
    """What arrived from Clever is not the whole district, so nothing of it may be applied."""

    retry_helps = True


class SyncRefused(RosterError):
    """The sync was asked for something that the settings do not allow."""

    exit_code = 3


class PublishFailed(RosterError):
    """The truth is as it should be, and published.duckdb is still the copy from before."""
