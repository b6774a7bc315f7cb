"""What became of the courses of sections that others succeed, compared with the recorded truth.

Belongs here: that comparison. Does not belong here: the days (`days`), how courses are carried over
(`roster_pipeline/mapping`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from clever_sandbox.year.happening import Happening

_COURSES = """
SELECT s.clever_id, coalesce(list(m.course_id ORDER BY m.course_id) FILTER (m.course_id IS NOT NULL), []),
  coalesce(bool_or(m.mapped_by = 'rule'), false)
FROM roster.sections AS s LEFT JOIN roster.section_courses AS m USING (section_id)
GROUP BY s.clever_id
"""

Courses = frozenset[str]


@dataclass
class Successors:
    """What they came to. `kept` has those with their predecessors' courses, `queued` those left without any.

    `overruled` have what a rule says. `wrong` are other sections with other courses than the truth says, by Clever id:
    also those of which the id was used before, with the courses of that class. Where the predecessors had different
    courses, any of theirs is right, and none is too.
    """

    kept: int = 0
    queued: int = 0
    overruled: int = 0
    split: int = 0
    split_kept: int = 0
    wrong: list[str] = field(default_factory=list)
    _waiting: dict[str, Happening] = field(default_factory=dict)
    _known: dict[str, Courses] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Of the sections whose predecessors agree in their courses, those that have them, in percent."""
        return 100 * self.kept / max(1, self.kept + self.queued + len(self.wrong))

    def happened(self, happenings: Iterable[Happening]) -> None:
        """Remembers which sections succeed which; an id that is used again begins anew."""
        for happening in happenings:
            if happening.succeeds:
                self._waiting.pop(happening.id, None)
                self._waiting[happening.id] = happening

    def look(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Judges the successors that the roster has now, by what their predecessors had before."""
        now = {clever_id: (frozenset(courses), ruled) for clever_id, courses, ruled in _rows(connection)}
        active, today = _active(connection), dict[str, Courses]()
        for happening in [one for one in self._waiting.values() if one.id in active]:
            del self._waiting[happening.id]
            # a class is split from one of today's; other ids may be those of other classes from today on
            known = self._known | today if happening.kind == "section_new" else self._known
            self._judge(happening, {known.get(old, frozenset[str]()) for old in happening.succeeds}, *now[happening.id])
            today[happening.id] = now[happening.id][0]
        self._known |= {clever_id: courses for clever_id, (courses, _) in now.items() if clever_id not in self._waiting}

    def _judge(self, happening: Happening, before: set[Courses], courses: Courses, ruled: bool) -> None:
        agreed = before == {courses}
        if courses and not ruled and courses not in before:
            self.wrong.append(happening.id)
        elif len(before) == 1 and any(before):
            self.kept += agreed
            self.queued += not courses
            self.overruled += bool(courses) and not agreed
            if happening.kind == "section_new":
                self.split += 1
                self.split_kept += agreed

    def sentence(self) -> str:
        """What they came to, in a sentence."""
        all_of_them = self.kept + self.queued + len(self.wrong)
        return (
            f"Of {all_of_them:,} new sections that continue mapped ones, {self.share:.0f} % got their courses "
            f"({self.split_kept} of {self.split} split classes), {len(self.wrong)} got "
            f"others, {self.queued} are in the queue, "
            f"and of {self.overruled} more a rule says otherwise."
        )


def _rows(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str], bool]]:
    return connection.execute(_COURSES).fetchall()


def _active(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("SELECT clever_id FROM roster.sections WHERE status = 'active'").fetchall()
    return {clever_id for (clever_id,) in rows}
