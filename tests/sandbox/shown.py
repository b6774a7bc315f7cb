"""What Clever shows of a district, said in the ids of the files, to be compared with the truth.

Belongs here: reading records. Does not belong here: the upload that they were made from.
"""

from __future__ import annotations

from collections.abc import Mapping

from clever_sandbox.district.district import District
from clever_sandbox.district.tables import Json
from clever_sandbox.year.truth import Truth


def as_shown(district: District) -> Truth:
    """Ids that Clever does not resolve are left out, as a roster leaves them out."""
    records = {kind: {i: table[i].data() for i in table.ids} for kind, table in district.tables.items()}
    schools = {school: data["sis_id"] for school, data in records["schools"].items()}
    roles = {
        name: {user: data["roles"][name] for user, data in records["users"].items() if name in data["roles"]}
        for name in ("student", "teacher", "staff")
    }
    students = {user: role["sis_id"] for user, role in roles["student"].items()}
    teachers = {user: role["sis_id"] for user, role in roles["teacher"].items()}
    sections = records["sections"].values()
    return Truth(
        schools=frozenset(schools.values()),
        sections=frozenset(section["sis_id"] for section in sections),
        students=_at(schools, roles["student"], "sis_id"),
        teachers=_at(schools, roles["teacher"], "sis_id"),
        staff=_at(schools, roles["staff"], "staff_id"),
        attends=frozenset(
            (s["sis_id"], students[user]) for s in sections for user in s["students"] if user in students
        ),
        teaches=frozenset((s["sis_id"], teachers[user]) for s in sections for user in s["teachers"]),
    )


def _at(schools: Mapping[str, str], roles: Mapping[str, Json], key: str) -> dict[str, frozenset[str]]:
    return {role[key]: frozenset(schools[at] for at in role["schools"] if at in schools) for role in roles.values()}
