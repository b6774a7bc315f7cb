"""The roster and the mapping, as they are published: the product.

Belongs here: the tables of the schemas `roster` and `mapping`, and which of them the plan changes. Does not belong
here: how a table is filled (that is in each step's `.sql` files).
"""

from __future__ import annotations

from roster_pipeline.model.core import Column, Entity, Table

_SINCE = Column("since_sync_id", "VARCHAR", "the sync that first made this record", kept=True)

SITES = Table(
    "roster",
    "sites",
    "school that Clever shares or has shared",
    (
        Column("site_id", "VARCHAR", "Clever school id"),
        Column("name", "VARCHAR", "name of the school"),
        Column(
            "enrollment_source",
            "VARCHAR",
            "`clever` (synced) or `manual` (data/sites.csv says so; never synced)",
        ),
        Column(
            "status",
            "VARCHAR",
            "`new` (nothing of it is on the roster until somebody confirms its counts), `confirmed` or `archived`",
        ),
        Column("time_zone", "VARCHAR", "in which its times are shown (data/sites.csv); NULL: the district's"),
        Column("own_limits", "VARCHAR", "limits of the guards that count at this site alone (data/sites.csv)"),
        Column("last_synced_at", "TIMESTAMP", "UTC time of the last sync that succeeded for this site", kept=True),
        Column("confirmed_at", "TIMESTAMP", "UTC start of the sync for which somebody confirmed its counts", kept=True),
        Column("confirmed_by", "VARCHAR", "who confirmed them", kept=True),
        _SINCE,
    ),
    ("site_id",),
)
USERS = Table(
    "roster",
    "users",
    "person ever seen; a person with several roles is one user",
    (
        Column("user_id", "UUID", "the platform's own id, derived from the first Clever id seen; never changes"),
        Column("clever_id", "VARCHAR", "Clever user id, today"),
        Column("roles", "VARCHAR[]", "sorted list of `district_admin`, `staff`, `student`, `teacher`"),
        Column("site_id", "VARCHAR", "primary site; NULL for people of the whole district"),
        Column("first_name", "VARCHAR", "given name", pii=True, clever=("name.first",)),
        Column("last_name", "VARCHAR", "family name", pii=True, clever=("name.last",)),
        Column("email", "VARCHAR", "as Clever sends it, neither verified nor unique", pii=True, clever=("email",)),
        Column("grade", "VARCHAR", "a student's grade, in Clever's words", clever=("roles.student.grade",)),
        Column(
            "sis_id",
            "VARCHAR",
            "id in the student information system; text, any length",
            pii=True,
            clever=("roles.student.sis_id", "roles.teacher.sis_id", "roles.staff.staff_id"),
        ),
        Column(
            "enrollment_status",
            "VARCHAR",
            "`pending` (never logged in: nothing can be assigned), `active`, or `archived` (no longer shared)",
        ),
        Column(
            "first_login_at",
            "TIMESTAMP",
            "UTC, as data/logins.csv or the platform's database has it; kept once known",
        ),
        Column("first_synced_at", "TIMESTAMP", "UTC start of the sync that first made this user", kept=True),
        Column(
            "archived_at",
            "TIMESTAMP",
            "UTC start of the sync that archived this user; NULL while in force",
            kept=True,
        ),
        _SINCE,
    ),
    ("user_id",),
)
USER_SITES = Table(
    "roster",
    "user_sites",
    "user and site that the user belongs or has belonged to",
    (
        Column("user_id", "UUID", "user"),
        Column("site_id", "VARCHAR", "site"),
        Column("is_primary", "BOOLEAN", "whether this is the user's primary site"),
        Column("status", "VARCHAR", "`active` or `archived`"),
        _SINCE,
    ),
    ("user_id", "site_id"),
)
SECTIONS = Table(
    "roster",
    "sections",
    "section ever seen",
    (
        Column(
            "section_id",
            "UUID",
            "the platform's own id, derived from the first Clever id seen; never changes",
        ),
        Column("clever_id", "VARCHAR", "Clever section id, today"),
        Column("site_id", "VARCHAR", "site of the section"),
        Column("name", "VARCHAR", "name as Clever builds it; not unique", clever=("name",)),
        Column("subject", "VARCHAR", "Clever's subject", clever=("subject",)),
        Column("grade", "VARCHAR", "grade, in Clever's words", clever=("grade",)),
        Column("period", "VARCHAR", "period", clever=("period",)),
        Column("section_number", "VARCHAR", "section number", clever=("section_number",)),
        Column("sis_id", "VARCHAR", "id in the student information system; reused over terms", clever=("sis_id",)),
        Column("clever_course", "VARCHAR", "name of Clever's course (not a course of the platform)"),
        Column("course_number", "VARCHAR", "number of Clever's course, as last known", kept=True),
        Column("term_name", "VARCHAR", "name of the term"),
        Column("term_start", "DATE", "first day of the term"),
        Column("term_end", "DATE", "last day of the term"),
        Column("status", "VARCHAR", "`active`, `concluded` (term is over) or `archived` (no longer shared)"),
        Column("visible", "BOOLEAN", "active and with at least one course: its people see the course", kept=True),
        Column("student_count", "INTEGER", "active student enrollments", kept=True),
        Column("teacher_count", "INTEGER", "active teacher enrollments", kept=True),
        Column("course_count", "INTEGER", "courses that hang on the section", kept=True),
        Column("unmapped_since", "TIMESTAMP", "UTC, since when an active section has had no course", kept=True),
        _SINCE,
    ),
    ("section_id",),
)
ENROLLMENTS = Table(
    "roster",
    "enrollments",
    "section, user and role, ever seen",
    (
        Column("section_id", "UUID", "section"),
        Column("user_id", "UUID", "user"),
        Column("role", "VARCHAR", "`student` or `teacher`"),
        Column("site_id", "VARCHAR", "site of the section"),
        Column("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
        Column("status", "VARCHAR", "`active` or `archived`"),
        _SINCE,
    ),
    ("section_id", "user_id", "role"),
)
SECTION_COURSES = Table(
    "roster",
    "section_courses",
    "section and course that hangs on it now",
    (
        Column("section_id", "UUID", "section"),
        Column("course_id", "VARCHAR", "course of the platform's catalog"),
        Column("site_id", "VARCHAR", "site of the section"),
        Column("mapped_by", "VARCHAR", "`manual`, `file`, `rule` or `carried_over`"),
        Column("rule_id", "VARCHAR", "the rule of data/mapping_rules.csv, when a rule did it"),
        Column("from_section_id", "UUID", "the section that had the course before, when it is carried over"),
        Column(
            "carried_because",
            "VARCHAR",
            "`same_students` (the class was split off, or goes on under another id) or `last_term` (the same course, "
            "site and grade in the term before)",
        ),
        _SINCE,
    ),
    ("section_id", "course_id"),
)
COURSE_ACCESS = Table(
    "roster",
    "course_access",
    "user, section and course that the user sees through it",
    (
        Column("user_id", "UUID", "user"),
        Column("course_id", "VARCHAR", "course"),
        Column("section_id", "UUID", "the section that gives the access"),
        Column("role", "VARCHAR", "`student` or `teacher`"),
        Column(
            "can_be_assigned",
            "BOOLEAN",
            "whether Projects and Math Units can be assigned: false while pending",
        ),
    ),
    ("user_id", "course_id", "section_id", "role"),
    view="plan/course_access",
)
COURSES = Table(
    "mapping",
    "courses",
    "course of the platform's catalog (data/courses.csv)",
    (
        Column("course_id", "VARCHAR", "id of the course"),
        Column("subject", "VARCHAR", "subject"),
        Column("title", "VARCHAR", "title"),
        Column("grade", "VARCHAR", "grade it is meant for, or NULL"),
        Column("active", "BOOLEAN", "whether it may be mapped"),
    ),
    ("course_id",),
)
SUBJECTS = Table(
    "mapping",
    "subjects",
    "subject of Clever's and subject of the catalog that agree (data/subjects.csv)",
    (
        Column("clever_subject", "VARCHAR", "Clever's subject"),
        Column("catalog_subject", "VARCHAR", "a subject as data/courses.csv has it"),
        Column("also_called", "VARCHAR", "other words for the catalog's subject as a whole, with `/` between them"),
    ),
    ("clever_subject", "catalog_subject"),
)
DECISIONS = Table(
    "mapping",
    "decisions",
    "thing that a person decided about a section and a course; of several the last counts",
    (
        Column("no", "BIGINT", "order in which they were made, from 1; clocks do not matter"),
        Column("section_id", "UUID", "section"),
        Column("course_id", "VARCHAR", "course"),
        Column(
            "decision",
            "VARCHAR",
            "`add` (it hangs there), `remove` (nothing may hang it there), or `ended`: it, or a line of "
            "section_courses.csv that still stands, was about another class that had the section's id before; `over`: "
            "so it was, and a line that is written from now on counts",
        ),
        Column("by", "VARCHAR", "who decided; NULL for what has ended"),
        Column("why", "VARCHAR", "why, as they said"),
        Column("at", "TIMESTAMP", "UTC"),
        Column("sync_id", "VARCHAR", "the sync that put it into effect"),
        Column("undone_by", "VARCHAR", "the undo that took it back; it counts no more"),
    ),
    ("no",),
)
NOT_CARRIED = Table(
    "mapping",
    "not_carried",
    "section without a course to which nothing is carried over, though there are sections before it",
    (
        Column("section_id", "UUID", "section"),
        Column(
            "because",
            "VARCHAR",
            "`disagree` (the sections before it had different courses), `refused` (a person took theirs off) or "
            "`retired` (none of theirs is active)",
        ),
        Column("sections", "BIGINT", "how many sections were before it"),
    ),
    ("section_id",),
)
UNMAPPED = Table(
    "mapping",
    "unmapped",
    "active section without a course: nobody sees it",
    (
        Column("section_id", "UUID", "section"),
        Column("site_id", "VARCHAR", "site"),
        Column("name", "VARCHAR", "name of the section"),
        Column("clever_course", "VARCHAR", "name of Clever's course"),
        Column("grade", "VARCHAR", "grade, in Clever's words"),
        Column("period", "VARCHAR", "period"),
        Column("students", "INTEGER", "students in it"),
        Column("teachers", "INTEGER", "teachers in it"),
        Column("since", "TIMESTAMP", "UTC, since when it has had no course"),
        Column("days", "INTEGER", "how many days that was when the last sync ended"),
        Column("not_carried", "VARCHAR", "why nothing was carried over, as in mapping.not_carried"),
        Column("suggestion", "VARCHAR", "the course that fits best, if any does"),
        Column("score", "DOUBLE", "how well, as in mapping.suggestions"),
    ),
    ("section_id",),
    view="mapping/unmapped",
)
SUGGESTIONS = Table(
    "mapping",
    "suggestions",
    "unmapped section and course that might fit it; offered, never applied",
    (
        Column("section_id", "UUID", "section"),
        Column("course_id", "VARCHAR", "course"),
        Column("score", "DOUBLE", "how likely it is right, 0 to 1: the share of such offers that are"),
        Column("reason", "VARCHAR", "what speaks for it"),
    ),
    ("section_id", "course_id"),
)

ENTITIES: tuple[Entity, ...] = (
    Entity(SITES, "status"),
    Entity(USERS, "enrollment_status"),
    Entity(USER_SITES, "status"),
    Entity(SECTIONS, "status"),
    Entity(ENROLLMENTS, "status", group="section_id"),
    Entity(SECTION_COURSES, None),
)
"""In the order in which they depend on each other."""
