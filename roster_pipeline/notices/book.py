"""What was announced and is not over yet, and how the last tries to deliver went: `notices.json` in the warehouse.

Belongs here: that file. Does not belong here: what it is decided by.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from roster_pipeline.errors import RosterError
from roster_pipeline.warehouse.warehouse import Warehouse, write_atomically

FILE = "notices.json"


class Announced(msgspec.Struct, frozen=True):
    """A notice that got through at `at` (naive UTC), and that is to be followed by its end; what it was `of`."""

    district: str
    kind: str
    subject: str
    what: str
    at: datetime
    of: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return self.district, self.kind, self.subject


class Delivery(msgspec.Struct, frozen=True):
    """One try, at `at` (naive UTC): to which host, with how many notices (none in a test), and why it failed."""

    at: datetime
    host: str
    notices: int
    why: str | None = None


class Book(msgspec.Struct, frozen=True):
    """What stands announced; the last delivery that got through, and the last one that did not."""

    announced: tuple[Announced, ...] = ()
    sent: Delivery | None = None
    failed: Delivery | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the last try failed."""
        return self.failed is not None and (self.sent is None or self.sent.at <= self.failed.at)


def read_book(warehouse: Warehouse) -> Book:
    """The book, empty when nothing was announced yet. Raises RosterError when it cannot be read."""
    file = warehouse.root / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=Book)
    except FileNotFoundError:
        return Book()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise RosterError(
            f"{FILE} in the warehouse cannot be read, so nobody knows what was announced",
            do="Remove that file; what stands is announced once more then",
        ) from None


def write_book(warehouse: Warehouse, book: Book) -> None:
    """Raises RosterError when it cannot be written."""
    try:
        write_atomically(warehouse.root / FILE, msgspec.json.encode(book))
    except OSError as error:
        raise RosterError(
            f"{FILE} in the warehouse cannot be written ({error.strerror}), so nothing is announced",
            do="Mend that, or set ROSTER_WAREHOUSE to another folder",
        ) from None
