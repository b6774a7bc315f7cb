"""Graduation, the summer pause and the rollover: one school year's district becomes the next one's."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from clever_sandbox.district.district import District
from clever_sandbox.district.ids import clever_id
from clever_sandbox.district.load import load_district
from clever_sandbox.district.upload import write_upload
from clever_sandbox.year.advance import advance
from clever_sandbox.year.happening import Happening
from clever_sandbox.year.promotion import next_grade

from .districts import SCHOOL, SECTION, STUDENT, write_district
from .years import days, night, of_kind, one

ROLLOVER = date(2027, 7, 26)


@pytest.fixture
def district(demo: District) -> District:
    return demo.copy()


@pytest.fixture(scope="module")
def rolled(demo: District) -> tuple[District, list[Happening]]:
    """The demo after its rollover, from the terms of 2026 on, and what happened."""
    district = demo.copy()
    return district, one(district, "rollover", ROLLOVER)


def grades(district: District) -> dict[str, str]:
    return {student: lines[0]["Grade"] for student, lines in district.upload.students.items()}


def test_seniors_leave_on_the_day_after_the_last_day(demo: District, district: District) -> None:
    assert not of_kind(advance(district, 1, day=date(2027, 6, 4)), "student_graduated")
    left = of_kind(advance(district, 1, day=date(2027, 6, 5)), "student_graduated")
    seniors = {student for student, grade in grades(demo).items() if grade == "12"}
    assert len(seniors - {found.sis_id for found in left}) <= 3  # some left on the day before
    assert "12" not in grades(district).values()


def test_in_the_pause_clever_goes_on_showing_what_it_had_except_what_is_unshared(district: District) -> None:
    for day in days(date(2027, 6, 1), date(2027, 6, 2)):
        advance(district, 1, day=day)
    assert {key: district.info.get(key) for key in ("state", "pause_start", "pause_end")} == {
        "state": "paused",
        "pause_start": "2027-06-02",
        "pause_end": "2027-07-26",
    }
    district.ingest(night(date(2027, 6, 2)))
    before, taken = district.tables["users"].ids, district.taken
    advance(district, 1, day=date(2027, 6, 5))
    [hidden] = one(district, "student_unshared", date(2027, 6, 6))
    district.ingest(night(date(2027, 6, 6)))
    assert set(before) - set(district.tables["users"].ids) == {hidden.id}
    assert "12" not in grades(district).values()
    assert district.taken == taken
    assert district.last_sync(night(date(2027, 6, 7)).timestamp()) < "2027-06-07"


def test_when_the_pause_ends_all_of_it_arrives_and_the_new_sections_on_the_first_day(district: District) -> None:
    for day in (date(2027, 6, 2), date(2027, 6, 5), ROLLOVER):
        advance(district, 1, day=day)
        district.ingest(night(day))
    assert district.info["state"] == "running"
    assert not {"pause_start", "pause_end"} & district.info.keys()
    assert [len(district.tables[kind].ids) for kind in ("terms", "courses", "sections")] == [0, 0, 0]
    district.ingest(night(date(2027, 8, 8)))
    assert not len(district.tables["sections"])
    district.ingest(night(date(2027, 8, 9)))
    assert len(district.tables["sections"]) == len(district.upload.sections) > 300
    names = {district.tables["terms"][i].data()["name"] for i in district.tables["terms"].ids}
    assert names == {"Y1", "S1"}


def test_everybody_is_a_grade_higher_and_at_the_next_school(
    demo: District, rolled: tuple[District, list[Happening]]
) -> None:
    district, happened = rolled
    before, now = grades(demo), grades(district)
    stayed = before.keys() & now.keys()
    assert stayed == {student for student, grade in before.items() if grade != "12"}
    assert all(int(now[student]) == int(before[student]) + 1 for student in stayed)
    schools = {student: lines[0]["School_id"] for student, lines in district.upload.students.items()}
    assert {schools[s] for s in stayed if before[s] == "5"} == {"13"}
    assert {schools[s] for s in stayed if before[s] == "8"} == {"14"}
    promoted = {found.sis_id: found for found in of_kind(happened, "student_promoted")}
    assert promoted.keys() == stayed
    assert {promoted[s].school for s in stayed if before[s] == "5"} == {clever_id(demo.id, "school", "13")}
    assert all(found.before != found.school for found in promoted.values())


def test_schools_share_the_next_ones_evenly(tmp_path: Path) -> None:
    """Grade 5 of two schools goes to two others, one each; a school that does not say its grades is none of them."""
    low, high = {"Low_grade": "0", "High_grade": "5"}, {"Low_grade": "6", "High_grade": "8"}
    ids = ("1", "2", "3", "4", "5")
    folder = write_district(
        tmp_path,
        schools=[
            SCHOOL | {"School_id": school} | grades
            for school, grades in zip(ids, (low, low, high, high, {}), strict=True)
        ],
        students=[
            *(STUDENT | {"Student_id": f"s{n}", "Grade": "5", "School_id": str(1 + n % 2)} for n in range(6)),
            STUDENT | {"Student_id": "six", "Grade": "6", "School_id": "5"},
        ],
        sections=[SECTION],
    )
    district = load_district(folder, night(ROLLOVER))
    one(district, "rollover", ROLLOVER)
    now = {student: lines[0]["School_id"] for student, lines in district.upload.students.items()}
    assert {(now[f"s{n}"], 1 + n % 2) for n in range(6)} == {("3", 1), ("4", 2)}
    assert now["six"] == "3"


def test_a_new_kindergarten_is_about_as_large_as_the_last(
    demo: District, rolled: tuple[District, list[Happening]]
) -> None:
    district, happened = rolled
    enrolled = {found.sis_id for found in of_kind(happened, "student_enrolled")}
    assert enrolled == district.upload.students.keys() - demo.upload.students.keys()
    new = Counter(district.upload.students[student][0]["Grade"] for student in enrolled)
    old = Counter(grades(demo).values())
    assert abs(new["0"] - old["0"]) <= 0.06 * old["0"]
    assert new.keys() == {"0", "9"}  # the evening school has its own beginners, whom no school sends
    years = {district.upload.students[s][0]["Graduation_year"] for s in enrolled if grades(district)[s] == "0"}
    assert years == {"2040"}


def test_all_sections_and_terms_are_new_and_say_which_they_succeed(
    demo: District, rolled: tuple[District, list[Happening]]
) -> None:
    district, happened = rolled
    terms = {(line["Term_name"], line["Term_start"], line["Term_end"]) for [line] in district.upload.sections.values()}
    assert terms == {("Y1", "2027-08-09", "2028-06-02"), ("S1", "2027-08-09", "2027-12-17")}
    old = {clever_id(demo.id, "section", section): line for section, [line] in demo.upload.sections.items()}
    continued = of_kind(happened, "section_continued")
    assert {found.sis_id for found in continued} == district.upload.sections.keys()
    for found in continued:
        [line] = district.upload.sections[found.sis_id]
        assert found.succeeds
        for before in found.succeeds:
            same = ("School_id", "Course_name", "Course_number", "Grade")
            assert [line[column] for column in same] == [old[before][column] for column in same]
    assert {before for found in continued for before in found.succeeds} == old.keys()
    assert 0.9 < len(continued) / len(old) < 1.15


def test_some_section_ids_are_those_of_other_classes(demo: District) -> None:
    for seed in range(10):
        district = demo.copy()
        reused = {found.sis_id for found in of_kind(one(district, "rollover", ROLLOVER, seed), "section_id_reused")}
        assert reused == district.upload.sections.keys() & demo.upload.sections.keys()
        assert 0.02 < len(reused) / len(district.upload.sections) < 0.15
        for section in reused:
            before, now = demo.upload.sections[section][0], district.upload.sections[section][0]
            assert any(before[column] != now[column] for column in ("School_id", "Course_name", "Grade"))


def test_classes_are_full_of_the_students_of_their_grade(rolled: tuple[District, list[Happening]]) -> None:
    district, _ = rolled
    upload, grade = district.upload, grades(district)
    assert all(upload.enrollments.values())
    for section, [line] in upload.sections.items():
        members = {grade[student] for student in upload.enrollments[section]}
        assert not line["Grade"] or members == {line["Grade"]}
    attended = Counter(len(upload.attended(student)) for student in upload.students)
    assert attended[7] + attended[8] > 0.85 * len(upload.students)
    assert attended[0] == 0


def test_as_many_students_as_before_go_to_a_second_school(
    demo: District, rolled: tuple[District, list[Happening]]
) -> None:
    def visiting(district: District) -> int:
        lines = district.upload.students.values()
        return sum(len({line["School_id"] for line in known}) > 1 for known in lines)

    assert abs(visiting(rolled[0]) - visiting(demo)) <= 8 < visiting(demo)


def test_some_teachers_leave_come_move_and_change_the_subject(
    demo: District, rolled: tuple[District, list[Happening]]
) -> None:
    district, happened = rolled
    kinds = Counter(found.kind for found in happened)
    assert kinds["teacher_left"] == kinds["teacher_new"] > 0
    assert kinds["teacher_changed_subject"] > 0
    left = {found.sis_id for found in of_kind(happened, "teacher_left")}
    assert left == demo.upload.teachers.keys() - district.upload.teachers.keys()
    assert len(district.upload.teachers) == len(demo.upload.teachers)


def test_a_teacher_who_is_staff_too_moves_as_both(demo: District) -> None:
    """2001 is also the department's chair."""
    for seed in range(200):
        district = demo.copy()
        moved = {found.sis_id: found for found in of_kind(one(district, "rollover", ROLLOVER, seed), "teacher_moved")}
        if "2001" in moved:
            [teacher], [chair] = district.upload.teachers["2001"], district.upload.staff["ST-T2001"]
            assert teacher["School_id"] == chair["School_id"] != "11"
            assert moved["2001"].school == clever_id(demo.id, "school", chair["School_id"])
            return
    pytest.fail("nobody drew the teacher 2001")


def test_a_year_that_has_begun_does_not_roll_over_by_itself(demo: District) -> None:
    """The demo's files are of 2026 already when that year's rollover is due."""
    assert one(demo.copy(), "rollover", date(2026, 7, 27)) != []
    assert advance(demo.copy(), 1, day=date(2026, 7, 27)) == []


def test_three_years_in_a_row(demo: District) -> None:
    district = demo.copy()
    sizes = []
    for starts in (2026, 2027, 2028):
        for day in (date(starts, 12, 18), date(starts + 1, 1, 18), date(starts + 1, 6, 5)):
            advance(district, 1, day=day)
        first = next(day for day in days(date(starts + 1, 7, 20), date(starts + 1, 8, 5)) if day.weekday() == 0)
        for day in days(first, first + timedelta(days=14)):
            advance(district, 1, day=day)
        ends = {line["Term_end"][:4] for [line] in district.upload.sections.values()}
        assert ends == {str(starts + 1), str(starts + 2)}
        sizes.append((len(district.upload.students), len(district.upload.sections)))
    assert all(900 < students < 1250 and 300 < sections < 480 for students, sections in sizes), sizes


@pytest.mark.parametrize(
    ("grade", "above"),
    [
        *(("PK", "Kindergarten"), ("K", "1"), ("0", "1"), ("Kindergarten", "1"), ("05", "06"), ("09", "10")),
        *(("11", "12"), ("12", "12"), ("13", "13"), ("Ungraded", "Ungraded"), ("", "")),
    ],
)
def test_the_grade_above(grade: str, above: str) -> None:
    assert next_grade(grade) == above


def test_ids_of_a_year_that_was_read_again_are_nobody_elses(demo: District, tmp_path: Path) -> None:
    district = demo.copy()
    advance(district, 1, day=date(2027, 7, 26), kinds=["rollover"])
    write_upload(district.upload, tmp_path)
    again = load_district(tmp_path, night(date(2028, 7, 23)))
    before = {student: lines[0]["Last_name"] for student, lines in again.upload.students.items()}
    happened = advance(again, 1, day=date(2028, 7, 24), kinds=["rollover"])
    enrolled = {found.sis_id for found in of_kind(happened, "student_enrolled")}
    assert enrolled
    assert not enrolled & before.keys()
    stayed = before.keys() & again.upload.students.keys()
    assert {student: again.upload.students[student][0]["Last_name"] for student in stayed} == {
        student: before[student] for student in stayed
    }


def test_who_finishes_the_last_grade_of_a_district_leaves_it(tmp_path: Path) -> None:
    students = [STUDENT | {"Student_id": f"s{grade}", "Grade": str(grade)} for grade in range(6)]
    folder = write_district(tmp_path, schools=[SCHOOL | {"Low_grade": "0", "High_grade": "5"}], students=students)
    district = load_district(folder, night(ROLLOVER))
    happened = one(district, "rollover", ROLLOVER)
    assert [found.sis_id for found in of_kind(happened, "student_left")] == ["s5"]
    grades = sorted(lines[0]["Grade"] for lines in district.upload.students.values())
    assert grades[-1] == "5"
    assert "s5" not in district.upload.students
