"""Every section in a spreadsheet, and back: what was edited becomes decisions, and what was not changes nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.platform import Platform


def read(file: Path) -> pd.DataFrame:
    if file.suffix == ".xlsx":
        return pd.read_excel(file, dtype=str, keep_default_na=False)
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def write(table: pd.DataFrame, file: Path) -> None:
    if file.suffix == ".xlsx":
        table.to_excel(file, index=False)
    else:
        table.to_csv(file, index=False)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_round_trip_changes_nothing_until_a_cell_is_edited(synced: Platform, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"sections.{kind}"
    synced.roster("map", "export", str(file))
    table = read(file)
    assert len(table) == synced.rows("SELECT count(*) FROM roster.sections WHERE status = 'active'")[0][0]
    _, said = synced.roster("map", "import", str(file))
    assert "The file says what is so already; nothing was changed." in said
    mapped, free = table.index[table["mapped_by"] == "file"][0], table.index[table["courses"] == ""][0]
    was = table.loc[mapped, "courses"]
    table.loc[mapped, "courses"] = ""
    table.loc[free, "courses"] = "MATH-7; math-8"
    write(table, file)
    _, said = synced.roster("map", "import", str(file), exits=3)
    assert f"2 section courses would be added and {len(was.split(';'))} taken away, on 2 sections; " in said
    assert " people would see other courses" in said
    assert synced.rows("FROM mapping.decisions") == []
    (done,) = synced.json("map", "import", str(file), "--yes", "--by", "Rae")["syncs"]
    assert done["created"] == 2
    query = (
        f"SELECT course_id, mapped_by FROM roster.section_courses WHERE section_id = '{table.loc[free, 'section_id']}'"
    )
    assert sorted(synced.rows(query)) == [("math-7", "manual"), ("math-8", "manual")]
    assert synced.rows(query.replace(table.loc[free, "section_id"], table.loc[mapped, "section_id"])) == []
    _, said = synced.roster("map", "export", str(file), exits=1)
    assert "sections.csv is there already" in said or "sections.xlsx is there already" in said
    synced.roster("map", "export", str(file), "--force")
    assert "nothing was changed" in synced.roster("map", "import", str(file))[1]


def test_one_line_that_cannot_be_used_refuses_all(synced: Platform, tmp_path: Path) -> None:
    file = tmp_path / "sections.csv"
    synced.roster("map", "export", str(file))
    table = read(file)
    table.loc[0, "courses"] = "math-8"
    table.loc[1, "courses"] = "no-course"
    table.loc[2, ["section_id", "courses"]] = "nobody", "math-8"
    table.loc[3, "district"] = "elsewhere"
    write(pd.concat([table, table.iloc[[4]].assign(courses="math-8")]), file)
    _, said = synced.roster("map", "import", str(file), "--yes", exits=1)
    assert "line 3: 'no-course' is no active course" in said
    assert "line 4: there is no such section" in said
    assert "line 5: there is no district 'elsewhere'" in said
    assert f"line {len(table) + 2}: line 6 says something else of its section" in said
    assert "4 lines cannot be used" in said
    assert synced.rows("FROM mapping.decisions") == []


@pytest.mark.parametrize(
    ("name", "content", "exits", "said"),
    [
        ("a.txt", "", 2, "a.txt is neither .csv nor .xlsx."),
        (
            "a.csv",
            "district,section_id\n",
            1,
            "a.csv, line 1, column courses: missing from the header. Take the header",
        ),
        ("a.xlsx", "nothing", 1, "a.xlsx: cannot be read ("),
    ],
)
def test_a_file_that_is_none_says_what_to_do(
    synced: Platform, tmp_path: Path, name: str, content: str, exits: int, said: str
) -> None:
    (tmp_path / name).write_text(content)
    assert said in synced.roster("map", "import", str(tmp_path / name), exits=exits)[1]
