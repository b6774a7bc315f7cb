"""A synthetic district of any size, as the CSV files that a district uploads to Clever.

Belongs here: students and what they attend, and writing the files; the same seed gives the same bytes.
Does not belong here: schools, employees and sections (`timetable`), the platform's own input files
(`platform_inputs`), or anything that reads a district.

    python -m clever_sandbox.generator.generate --district data/demo/sandbox --inputs data/demo

writes the demo district and its inputs again.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import click
import msgspec

from clever_sandbox.district.ids import clever_id, slug
from clever_sandbox.district.millions import no_circles
from clever_sandbox.district.profile import DISTRICT_FILE, Admin, Contact, Name, Profile
from clever_sandbox.district.upload import Lines, Upload, load_upload, write_upload
from clever_sandbox.generator.names import FIRST_NAMES, LAST_NAMES, STREETS, ascii_name, pick
from clever_sandbox.generator.platform_inputs import write_inputs
from clever_sandbox.generator.timetable import Campus, Section, plan_campuses, plan_schools

DEMO_NAME = "Riverbend USD"
DEMO_STUDENTS = 1000
SEED = 2026

ONE_CHARACTER_STUDENT = "7"
LONG_STUDENT = "7" + "0" * 77

_STUDENT_COLUMNS = (
    "School_id Student_id Student_number State_id Last_name Middle_name First_name Grade Gender "
    "Graduation_year DOB Race Hispanic_Latino Home_language Ell_status Frl_status IEP_status Student_zip "
    "Student_email Username Contact_relationship Contact_type Contact_name Contact_phone "
    "Contact_phone_type Contact_email Contact_sis_id"
).split()
_CONTACT_COLUMNS = [column for column in _STUDENT_COLUMNS if column.startswith("Contact_")]
_COLUMNS = {
    "schools": (
        "School_id School_name School_number State_id Low_grade High_grade Principal Principal_email "
        "School_address School_city School_state School_zip School_phone"
    ).split(),
    "students": _STUDENT_COLUMNS,
    "teachers": (
        "School_id Teacher_id Teacher_number State_teacher_id Teacher_email Last_name First_name Title Username"
    ).split(),
    "staff": ("School_id Staff_id Staff_email First_name Last_name Department Title Username Role").split(),
    "sections": (
        "School_id Section_id Teacher_id Teacher_2_id Teacher_3_id Name Section_number Grade Course_name "
        "Course_number Period Subject Term_name Term_start Term_end"
    ).split(),
    "enrollments": ["School_id", "Section_id", "Student_id"],
}

_RACES = ("A", "B", "I", "M", "W", "W", "")
_LANGUAGES = ("English",) * 12 + ("Spanish",) * 4 + ("Vietnamese", "Arabic", "Polish", "Tagalog", "Somali", "")
_TIES = ("Mother", "Mother", "Father", "Father", "Stepmother", "Grandmother", "Aunt", "Family Friend", "Sister")

Cells = Sequence[object]
Write = Callable[[str, Cells], None]


@dataclass(frozen=True)
class _Student:
    sis_id: str
    first: str
    last: str
    grade: int
    contacts: tuple[tuple[str, ...], ...]


def generate(
    into: Path,
    *,
    students: int = DEMO_STUDENTS,
    seed: int = SEED,
    name: str = DEMO_NAME,
    contacts: float = 0.3,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Writes a district of `students` into a folder, school by school; `progress` gets students written.

    About 25 students a section, 15 a teacher, 625 a school, seven sections a student; a share of the students,
    `contacts`, has somebody to call.
    """
    into.mkdir(parents=True, exist_ok=True)
    (into / DISTRICT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(_profile(name))) + b"\n")
    with ExitStack() as files:
        writers = {}
        for kind, columns in _COLUMNS.items():
            file = files.enter_context((into / f"{kind}.csv").open("w", encoding="utf-8", newline=""))
            writers[kind] = csv.writer(file, lineterminator="\n")
            writers[kind].writerow(columns)
        _make(students, seed, name, contacts, lambda kind, cells: writers[kind].writerow(cells), progress)


@no_circles()
def generated(
    *,
    students: int,
    seed: int = SEED,
    name: str,
    contacts: float = 0.3,
    progress: Callable[[int], None] | None = None,
) -> Upload:
    """The upload that `load_upload` reads from the files that `generate` writes, without the files."""
    upload = Upload(_profile(name))
    takers = {
        kind: _taker(getattr(upload, kind), columns) for kind, columns in _COLUMNS.items() if kind != "enrollments"
    }
    seats: dict[str, list[str]] = {}
    known: dict[str, str] = {}

    def take(kind: str, cells: Cells) -> None:
        if kind == "enrollments":
            _, section, student = map(str, cells)
            seats.setdefault(section, []).append(known.setdefault(student, student))
        else:
            takers[kind](cells)

    _make(students, seed, name, contacts, take, progress)
    upload.enrollments = {section: tuple(sorted(set(seats.get(section, ())))) for section in upload.sections}
    return upload


def _taker(lines: Lines, columns: Sequence[str]) -> Callable[[Cells], None]:
    """Adds rows with these columns to the lines of a file; the second column of every file is its id, or the first."""
    pick = itemgetter(*(columns.index(name) if name in columns else -1 for name in lines.columns.names))
    key = 0 if columns is _COLUMNS["schools"] else 1

    def take(cells: Cells) -> None:
        text = [*map(str, cells), ""]
        lines.add(text[key], pick(text))

    return take


def _make(
    students: int, seed: int, name: str, contacts: float, write: Write, progress: Callable[[int], None] | None
) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible on purpose
    domain = _domain(name)
    campuses = plan_campuses(rng, plan_schools(students, name), domain)
    _write_standing(campuses, domain, write)
    for at, campus in enumerate(campuses):
        _write_students(rng, campuses, at, domain, contacts, write)
        if progress:
            progress(campus.school.students)


def generate_whole(folder: Path, *, students: int, name: str, progress: Callable[[int], None]) -> None:
    """Writes a district and, into `inputs` below it, the platform's files.

    They are made beside the folder and renamed at the end, so that half a district is never used again.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    upload = generated(students=students, name=name, progress=progress)
    write_upload(upload, partial)
    write_inputs(upload, partial / "inputs")
    partial.rename(folder)


def _domain(name: str) -> str:
    return f"{slug(name).removesuffix('-usd')}.example.org"


def _profile(name: str) -> Profile:
    domain = _domain(name)
    return Profile(
        id=clever_id("", "district", name),
        name=name,
        sis_type="sftp",
        launch_date="2026-08-10",
        portal_url=f"https://clever.example.org/in/{domain.split('.')[0]}",
        login_methods=["Clever Passwords", "Google"],
        mdr_number="00000011",
        nces_id="0600011",
        district_contact=Contact(Name("Rae", "Mossby"), f"it@{domain}", "Rostering"),
        admins=[Admin(f"office@{domain}", Name("Vi", "Parlow"), "Superintendent")],
    )


# --- schools, employees, sections --------------------------------------------------------------------


def _write_standing(campuses: Sequence[Campus], domain: str, write: Write) -> None:
    for at, campus in enumerate(campuses):
        school = campus.school
        principal = campus.staff[0]
        write(
            "schools",
            [
                *(school.sis_id, school.name, school.sis_id, f"0600011{at:05}"),
                *("" if school.evening else grade for grade in (school.grades[0], school.grades[-1])),
                *(f"{principal.first} {principal.last}", principal.email),
                *(f"{at + 1} {STREETS[at % len(STREETS)]}", domain.split(".")[0].title(), "CA", "95001"),
                f"555-010-{at % 10_000:04}",
            ],
        )
        _write_employees(campuses, at, write)
        for section in campus.sections:
            _write_section(section, write)


def _write_employees(campuses: Sequence[Campus], at: int, write: Write) -> None:
    campus, sis_id = campuses[at], campuses[at].school.sis_id
    who: tuple[str, ...]
    neighbour = campuses[at + 1].school.sis_id if at + 1 < len(campuses) else None
    for n, teacher in enumerate(campus.teachers):
        email = "" if (at, n) == (0, 3) else teacher.email
        who = (teacher.sis_id, f"23{teacher.sis_id}", f"75{teacher.sis_id}", email, teacher.last, teacher.first)
        write("teachers", [sis_id, *who, "Teacher", teacher.username])
        if n == 1 and at % 4 == 0 and neighbour:  # teaches at two schools
            write("teachers", [neighbour, *who, "Teacher", teacher.username])
    titles = (("Office", "Principal", ""), ("Counseling", "Counselor", ""), ("IT", "Technology", "STL"))
    for n, (person, (department, title, role)) in enumerate(zip(campus.staff, titles, strict=False)):
        who = (person.sis_id, person.email, person.first, person.last, department, title, person.username, role)
        write("staff", [sis_id, *who])
        if n == 1 and at % 4 == 0 and neighbour:
            write("staff", [neighbour, *who])
    if at % 10 == 0:  # a teacher who is also staff: the same e-mail makes one user of the two
        chair = campus.teachers[0]
        who = (f"ST-T{chair.sis_id}", chair.email, chair.first, chair.last)
        write("staff", [sis_id, *who, "Instruction", "Department chair", chair.username, ""])


def _write_section(section: Section, write: Write) -> None:
    second, third, *_ = (*section.teachers[1:], "", "")
    offering = section.offering
    # High schools say the subject; for the others Clever has to infer it.
    subject = offering.subject if (section.grade or 0) >= 9 else ""
    write(
        "sections",
        [
            *(section.school, section.sis_id, section.teachers[0], second, third),
            *(f"Room {100 + section.period}", "", "" if section.grade is None else section.grade),
            *(offering.name, offering.number, section.period, subject, *section.term),
        ],
    )


# --- students ----------------------------------------------------------------------------------------


def _write_students(
    rng: random.Random, campuses: Sequence[Campus], at: int, domain: str, contacts: float, write: Write
) -> None:
    campus = campuses[at]
    school = campus.school
    second = _second_campus(campuses, at)
    chance = 0.0 if second is None else 0.05
    for n, student in enumerate(_students(rng, campuses, at, contacts)):
        visits = second if rng.random() < chance else None
        first_row, *more_rows = _student_rows(rng, student, school.sis_id, domain)
        write("students", first_row)
        for row in more_rows:
            write("students", row)
        if visits:
            write("students", [visits.school.sis_id, *first_row[1 : -len(_CONTACT_COLUMNS)], *_no_contact()])
        for section in _attended(rng, campus, visits, student.grade, n):
            write("enrollments", [section.school, section.sis_id, student.sis_id])


def _second_campus(campuses: Sequence[Campus], at: int) -> Campus | None:
    """Where some of a school's students go too: the twin school, the next level, or the evening school."""
    school = campuses[at].school
    evening = next((c for c in campuses[-1:] if c.school.evening), None)
    if school.evening:
        return None
    if school.grades[-1] == 12:
        return evening if at < 4 else None
    other = at ^ 1 if school.grades[0] == 0 else at + 1
    if other >= len(campuses) or campuses[other].school.evening:
        return None
    return campuses[other]


def _students(rng: random.Random, campuses: Sequence[Campus], at: int, with_contacts: float) -> Iterator[_Student]:
    campus, school = campuses[at], campuses[at].school
    number = 100_001 + sum(c.school.students for c in campuses[:at])
    before: _Student | None = None
    for n in range(school.students):
        grade = school.grades[n * len(school.grades) // school.students]
        first, last = pick(rng, FIRST_NAMES), pick(rng, LAST_NAMES)
        contacts = tuple(_contacts(rng, last)) if rng.random() < with_contacts else ()
        if before and rng.random() < 0.12:  # a sibling has the same family
            last, contacts = before.last, before.contacts
        if at == 0 and n == 2 and before:  # two children of one name
            first, last = before.first, before.last
        if at == 0 and n == 4 and with_contacts:  # a teacher of the school is a parent: two users with one e-mail
            parent = campus.teachers[2]
            name = f"{parent.first} {parent.last}"
            last, contacts = parent.last, (("", "Mother", name, "", "", parent.email, ""),)
        sis_id = {(1, 0): ONE_CHARACTER_STUDENT, (1, 1): LONG_STUDENT}.get((at, n), str(number + n))
        before = _Student(sis_id, first, last, grade, contacts)
        yield before


def _contacts(rng: random.Random, last: str) -> Iterator[tuple[str, ...]]:
    for _ in range(1 + (rng.random() < 0.35)):
        name = f"{pick(rng, FIRST_NAMES)} {last}"
        number = f"343-555-{int(rng.random() * 10_000):04}"
        with_extension = " x218" if rng.random() < 0.1 else ""
        tag = int(rng.random() * 1_000_000)
        email = f"{ascii_name(name)}{tag}@example.org" if rng.random() < 0.6 else ""
        sis_id = f"C-{tag}" if rng.random() < 0.2 else ""
        kind = pick(rng, ("Cell", "Home", "Work", ""))
        relationship, tie = ("Parent", "Primary") if rng.random() < 0.2 else ("", pick(rng, _TIES))
        yield (relationship, tie, name, number + with_extension, kind, email, sis_id)


def _no_contact() -> list[str]:
    return [""] * len(_CONTACT_COLUMNS)


def _student_rows(rng: random.Random, student: _Student, school: str, domain: str) -> list[list[object]]:
    """One row, and one more for each further contact."""
    username = f"{ascii_name(student.first)}.{ascii_name(student.last)}{student.sis_id[-6:]}"
    # The youngest have no e-mail, and a few of the others neither.
    has_email = student.grade > 2 and rng.random() > 0.03
    born = f"{int(rng.random() * 12) + 1}/{int(rng.random() * 28) + 1}/{(2021 - student.grade) % 100:02}"
    yes = ("N", "N", "N", "N", "Y", "")
    about: list[object] = [
        *(school, student.sis_id, student.sis_id, f"9{student.sis_id[-6:]}"),
        *(student.last, pick(rng, ("", "", "Lee", "Jae", "Ann")), student.first, student.grade),
        *(pick(rng, ("Female", "Male", "Female", "Male", "X", "")), 2039 - student.grade),
        *(born if rng.random() > 0.03 else "", pick(rng, _RACES), pick(rng, yes), pick(rng, _LANGUAGES)),
        *(pick(rng, yes), pick(rng, ("Free", "Reduced", "Paid", "", "")), pick(rng, yes)),
        *("95001", f"{username}@students.{domain}" if has_email else "", username),
    ]
    return [[*about, *contact] for contact in student.contacts or (_no_contact(),)]


def _attended(rng: random.Random, campus: Campus, visits: Campus | None, grade: int, nth: int) -> Iterator[Section]:
    """One section of each offering; who visits a second school has the last of them there."""
    slots = range(campus.slots - 1 if visits else campus.slots)
    for slot in slots:
        choices = campus.choices(grade, slot)
        # A class stays together, but for a few.
        yield choices[nth % len(choices)] if rng.random() > 0.1 else pick(rng, choices)
    if visits:
        grades = visits.school.grades
        yield pick(rng, visits.choices(max(grade, grades[0]), int(rng.random() * visits.slots)))


@click.command()
@click.option("--students", default=DEMO_STUDENTS, show_default=True, help="How many students.")
@click.option("--name", default=DEMO_NAME, show_default=True, help="The district's name.")
@click.option("--district", type=click.Path(path_type=Path), required=True, help="Where the district's files go.")
@click.option("--inputs", type=click.Path(path_type=Path), required=True, help="Where the platform's input files go.")
def main(students: int, name: str, district: Path, inputs: Path) -> None:
    """Write a synthetic district, and the platform's input files that go with it."""
    generate(district, students=students, name=name)
    write_inputs(load_upload(district), inputs)


if __name__ == "__main__":
    main()
