"""What a district uploads: the lines of its files, found by the ids in them. A school year changes it day by day.

Belongs here: reading a folder, checking it, changing lines. Does not belong here: what Clever makes of it (`records`),
or what happens in a school (`year`).

A line is packed, since a district may have a million students: it costs some 200 bytes instead of 2,000.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from clever_sandbox.district import columns
from clever_sandbox.district.columns import CO_TEACHERS, Columns
from clever_sandbox.district.csv_files import CsvFile, Row
from clever_sandbox.district.millions import no_circles
from clever_sandbox.district.profile import DISTRICT_FILE, Profile, read_profile

Cells: TypeAlias = dict[str, str]
"""A line: every known column of its file, empty where the district says nothing."""

_pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(list[str]).decode
"""The cells of a line in the order of its file's columns."""


def school_of(line: bytes) -> str:
    """Every file begins with School_id."""
    return unpack(line)[0]


_REMOVE = "Remove one of the two"
_CORRECT = "Correct it, or add the line that it refers to"


class Lines(MutableMapping[str, list[Cells]]):
    """The lines of one file by the id in them: several of one id for a person at several schools.

    Lines of an id are kept in an order of their own, so that the order of a file's lines says nothing.
    """

    def __init__(self, of: Columns) -> None:
        self.columns = of
        self.packed: dict[str, tuple[bytes, ...]] = {}

    def __getitem__(self, key: str) -> list[Cells]:
        return [self.cells(self.columns, line) for line in self.packed[key]]

    def __setitem__(self, key: str, lines: Iterable[Mapping[str, str]]) -> None:
        names = self.columns.names
        self.packed[key] = tuple(sorted({_pack([line.get(name, "") for name in names]) for line in lines}))

    def __delitem__(self, key: str) -> None:
        del self.packed[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)

    def __contains__(self, key: object) -> bool:
        return key in self.packed

    @staticmethod
    def cells(of: Columns, line: bytes) -> Cells:
        """A packed line by the names of its columns."""
        return dict(zip(of.names, unpack(line), strict=True))

    def change(self, key: str, **cells: str) -> None:
        """The same cells in all lines of an id."""
        self[key] = [{**line, **cells} for line in self[key]]

    def add(self, key: str, cells: tuple[str, ...]) -> None:
        """One more line of an id, as it is read."""
        line, known = _pack(cells), self.packed.get(key, ())
        if line not in known:
            self.packed[key] = (line,) if not known else tuple(sorted((*known, line)))

    def copy(self) -> Lines:
        copied = Lines(self.columns)
        copied.packed = self.packed.copy()
        return copied


class Upload:
    """All lines of a district. `warnings` are sentences about columns that nobody reads.

    Sections list their students in `enrollments`, by Section_id, in ascending order of Student_id.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.schools = Lines(columns.SCHOOLS)
        self.students = Lines(columns.STUDENTS)
        self.teachers = Lines(columns.TEACHERS)
        self.staff = Lines(columns.STAFF)
        self.sections = Lines(columns.SECTIONS)
        self.enrollments: dict[str, tuple[str, ...]] = {}
        self.warnings: list[str] = []
        self._attended: dict[str, set[str]] | None = None

    def copy(self) -> Upload:
        copied = Upload(self.profile)
        for name in ("schools", "students", "teachers", "staff", "sections"):
            setattr(copied, name, getattr(self, name).copy())
        copied.enrollments = self.enrollments.copy()
        copied.warnings = list(self.warnings)
        return copied

    # --- who attends what ---

    def attended(self, student: str) -> list[str]:
        """The sections that a student attends, in ascending order."""
        if self._attended is None:
            self._attended = {}
            for section, students in self.enrollments.items():
                for attending in students:
                    self._attended.setdefault(attending, set()).add(section)
        return sorted(self._attended.get(student, ()))

    def seat(self, section: str, students: Iterable[str]) -> None:
        """From now on exactly these attend a section."""
        now = tuple(sorted(set(students)))
        if self._attended is not None:
            for student in self.enrollments.get(section, ()):
                self._attended[student].discard(section)
            for student in now:
                self._attended.setdefault(student, set()).add(section)
        self.enrollments[section] = now

    def enroll(self, student: str, section: str) -> None:
        self.seat(section, (*self.enrollments.get(section, ()), student))

    def withdraw(self, student: str, section: str) -> None:
        self.seat(section, (other for other in self.enrollments[section] if other != student))

    # --- coming and going ---

    def open_section(self, cells: Mapping[str, str], students: Iterable[str] = ()) -> None:
        self.sections[cells["Section_id"]] = [cells]
        self.seat(cells["Section_id"], students)

    def close_section(self, section: str) -> None:
        self.seat(section, ())
        del self.enrollments[section], self.sections[section]

    def close_sections(self) -> None:
        """All of them."""
        self.sections.packed.clear()
        self.enrollments.clear()
        self._attended = None

    def remove_student(self, student: str) -> None:
        for section in self.attended(student):
            self.withdraw(student, section)
        del self.students[student]


@no_circles()
def load_upload(folder: Path) -> Upload:
    """The files of a folder: all six of Clever's, staff.csv only if it is there.

    Raises FileError with file, line and column for what Clever could not take over.
    """
    upload = Upload(read_profile(folder))
    _read(upload, CsvFile(folder / "schools.csv", columns.SCHOOLS), upload.schools, "School_id", once=True)
    _read(upload, CsvFile(folder / "students.csv", columns.STUDENTS), upload.students, "Student_id")
    _read(upload, CsvFile(folder / "teachers.csv", columns.TEACHERS), upload.teachers, "Teacher_id")
    if (folder / "staff.csv").exists():
        _read(upload, CsvFile(folder / "staff.csv", columns.STAFF), upload.staff, "Staff_id")
    sections = CsvFile(folder / "sections.csv", columns.SECTIONS)
    _read(upload, sections, upload.sections, "Section_id", once=True)
    _enroll(upload, CsvFile(folder / "enrollments.csv", columns.ENROLLMENTS))
    return upload


def _read(upload: Upload, file: CsvFile, lines: Lines, key: str, *, once: bool = False) -> None:
    """Reads a file into `lines`, cell by cell as strict as Clever's API is about what it shows."""
    names = file.columns.names
    at, school = names.index(key), names.index("School_id")
    checks = [(names.index(name), convert, {""}) for name, convert in file.columns.checked.items()]
    given = [names.index(name) for name in file.columns.required if name != "Staff_email"]
    teachers = [names.index(name) for name in ("Teacher_id", *CO_TEACHERS)] if key == "Section_id" else []
    for row in file.rows():
        cells = row.cells
        for place in given:
            if not cells[place]:
                raise file.refuse(row, names[place], "the cell is empty", "Fill it in, or remove the line")
        for place, convert, known in checks:
            if cells[place] not in known:
                _check(file, row, names[place], convert, cells[place])
                known.add(cells[place])
        if key != "School_id" and cells[school] not in upload.schools.packed:
            raise file.refuse(row, "School_id", "the id is in no other file", _CORRECT)
        for place in teachers:
            if cells[place] and cells[place] not in upload.teachers.packed:
                raise file.refuse(row, names[place], "the id is in no other file", _CORRECT)
        if once and cells[at] in lines.packed:
            raise file.refuse(row, key, "another line has this id", _REMOVE)
        lines.add(cells[at], cells)
    _warn(upload, file)


def _check(file: CsvFile, row: Row, column: str, convert: Callable[[str], str], text: str) -> None:
    try:
        convert(text)
    except ValueError as error:
        raise file.refuse(row, column, str(error), "Correct the cell, or leave it empty") from None


def _enroll(upload: Upload, file: CsvFile) -> None:
    schools, students = upload.schools.packed, {student: student for student in upload.students.packed}
    seated: dict[str, list[str]] = {section: [] for section in upload.sections.packed}
    for row in file.rows():
        school, section, student = row.cells
        attending, seats = students.get(student), seated.get(section)
        if school not in schools or seats is None or attending is None:
            unknown = "School_id" if school not in schools else "Section_id" if seats is None else "Student_id"
            raise file.refuse(row, unknown, "the id is in no other file", _CORRECT)
        seats.append(attending)
    upload.enrollments = {section: tuple(sorted(set(seats))) for section, seats in seated.items()}
    _warn(upload, file)


def _warn(upload: Upload, file: CsvFile) -> None:
    name = file.file.name
    upload.warnings += [f"{name}: the column {column} is unknown and is left out" for column in file.unknown]


def write_upload(upload: Upload, folder: Path) -> None:
    """Writes the files of a folder that `load_upload` reads back as the same upload."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DISTRICT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(upload.profile)) + b"\n")
    for name in ("schools", "students", "teachers", "staff", "sections"):
        lines: Lines = getattr(upload, name)
        _write(folder / f"{name}.csv", lines.columns, (unpack(p) for packed in lines.packed.values() for p in packed))
    school = {section: lines[0]["School_id"] for section, lines in upload.sections.items()}
    seats = ((section, student) for section, students in upload.enrollments.items() for student in students)
    _write(folder / "enrollments.csv", columns.ENROLLMENTS, ((school[section], section, who) for section, who in seats))


def _write(file: Path, of: Columns, rows: Iterable[Iterable[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(of.names)
        writer.writerows(rows)
