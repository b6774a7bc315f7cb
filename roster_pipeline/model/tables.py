"""Every table once: its columns, types, keys and meaning.

Belongs here: what the tables are; DDL, Dagster column schemas, the data dictionary and the plan's SQL
are all made from this page. Does not belong here: how a table is filled (that is in each step's `.sql` files).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column. `pii` marks personal data: it never leaves the DuckDB files and the terminal.

    `kept` columns are set by apply and never compared when a plan is made.
    """

    name: str
    type: str
    meaning: str
    pii: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Table:
    """One table; `grain` completes the sentence "one row per ..."."""

    schema: str
    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    view: str = ""
    """The statement that makes it, when it is a view."""

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns in which a difference is a change of the record."""
        return tuple(c.name for c in self.columns if not c.kept and c.name not in self.key)

    def ddl(self) -> str:
        columns = ", ".join(f'"{c.name}" {c.type}' for c in self.columns)
        return f"CREATE TABLE IF NOT EXISTS {self.full_name} ({columns})"


@dataclass(frozen=True)
class Entity:
    """A roster table that the plan changes record by record.

    `status` names the column that says whether the record is in force. Records of an entity that has one
    are never deleted, so their creation can be read from `since_sync_id`; the others are deleted when
    they end, and both their beginning and their end are written to the change log.
    """

    table: Table
    status: str | None
    group: str | None = None
    """Part of the key of a table so large that a plan first looks which groups have changed at all."""

    @property
    def name(self) -> str:
        return self.table.name


def _c(name: str, type_: str, meaning: str, *, pii: bool = False, kept: bool = False) -> Column:
    return Column(name, type_, meaning, pii, kept)


_SINCE = _c("since_sync_id", "VARCHAR", "the sync that first made this record", kept=True)

SITES = Table(
    "roster",
    "sites",
    "school that Clever shares or has shared",
    (
        _c("site_id", "VARCHAR", "Clever school id"),
        _c("name", "VARCHAR", "name of the school"),
        _c(
            "enrollment_source",
            "VARCHAR",
            "`clever` (synced) or `manual` (data/sites.csv says so; never synced)",
        ),
        _c("status", "VARCHAR", "`new`, `confirmed` (somebody accepted the first counts) or `archived`"),
        _c("last_synced_at", "TIMESTAMP", "UTC time of the last sync that succeeded for this site", kept=True),
        _SINCE,
    ),
    ("site_id",),
)
USERS = Table(
    "roster",
    "users",
    "person ever seen; a person with several roles is one user",
    (
        _c("user_id", "UUID", "the platform's own id, derived from the first Clever id seen; never changes"),
        _c("clever_id", "VARCHAR", "Clever user id, today"),
        _c("roles", "VARCHAR[]", "sorted list of `district_admin`, `staff`, `student`, `teacher`"),
        _c("site_id", "VARCHAR", "primary site; NULL for people of the whole district"),
        _c("first_name", "VARCHAR", "given name", pii=True),
        _c("last_name", "VARCHAR", "family name", pii=True),
        _c("email", "VARCHAR", "as Clever sends it, neither verified nor unique", pii=True),
        _c("grade", "VARCHAR", "a student's grade, in Clever's words"),
        _c("sis_id", "VARCHAR", "id in the student information system; text, any length", pii=True),
        _c(
            "enrollment_status",
            "VARCHAR",
            "`pending` (never logged in: nothing can be assigned), `active`, or `archived` (no longer shared)",
        ),
        _c("first_login_at", "TIMESTAMP", "UTC, as data/logins.csv reported it; kept once known"),
        _c("first_synced_at", "TIMESTAMP", "UTC start of the sync that first made this user", kept=True),
        _c(
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
        _c("user_id", "UUID", "user"),
        _c("site_id", "VARCHAR", "site"),
        _c("is_primary", "BOOLEAN", "whether this is the user's primary site"),
        _c("status", "VARCHAR", "`active` or `archived`"),
        _SINCE,
    ),
    ("user_id", "site_id"),
)
SECTIONS = Table(
    "roster",
    "sections",
    "section ever seen",
    (
        _c(
            "section_id",
            "UUID",
            "the platform's own id, derived from the first Clever id seen; never changes",
        ),
        _c("clever_id", "VARCHAR", "Clever section id, today"),
        _c("site_id", "VARCHAR", "site of the section"),
        _c("name", "VARCHAR", "name as Clever builds it; not unique"),
        _c("subject", "VARCHAR", "Clever's subject"),
        _c("grade", "VARCHAR", "grade, in Clever's words"),
        _c("period", "VARCHAR", "period"),
        _c("section_number", "VARCHAR", "section number"),
        _c("sis_id", "VARCHAR", "id in the student information system; reused over terms"),
        _c("clever_course", "VARCHAR", "name of Clever's course (not a course of the platform)"),
        _c("term_name", "VARCHAR", "name of the term"),
        _c("term_start", "DATE", "first day of the term"),
        _c("term_end", "DATE", "last day of the term"),
        _c("status", "VARCHAR", "`active`, `concluded` (term is over) or `archived` (no longer shared)"),
        _c("visible", "BOOLEAN", "active and with at least one course: its people see the course", kept=True),
        _c("student_count", "INTEGER", "active student enrollments", kept=True),
        _c("teacher_count", "INTEGER", "active teacher enrollments", kept=True),
        _c("course_count", "INTEGER", "courses that hang on the section", kept=True),
        _c("unmapped_since", "TIMESTAMP", "UTC, since when an active section has had no course", kept=True),
        _SINCE,
    ),
    ("section_id",),
)
ENROLLMENTS = Table(
    "roster",
    "enrollments",
    "section, user and role, ever seen",
    (
        _c("section_id", "UUID", "section"),
        _c("user_id", "UUID", "user"),
        _c("role", "VARCHAR", "`student` or `teacher`"),
        _c("site_id", "VARCHAR", "site of the section"),
        _c("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
        _c("status", "VARCHAR", "`active` or `archived`"),
        _SINCE,
    ),
    ("section_id", "user_id", "role"),
)
SECTION_COURSES = Table(
    "roster",
    "section_courses",
    "section and course that hangs on it now",
    (
        _c("section_id", "UUID", "section"),
        _c("course_id", "VARCHAR", "course of the platform's catalog"),
        _c("site_id", "VARCHAR", "site of the section"),
        _c("mapped_by", "VARCHAR", "`manual`, `file`, `rule` or `carried_over`"),
        _c("rule_id", "VARCHAR", "the rule of data/mapping_rules.csv, when a rule did it"),
        _SINCE,
    ),
    ("section_id", "course_id"),
)
COURSE_ACCESS = Table(
    "roster",
    "course_access",
    "user, section and course that the user sees through it",
    (
        _c("user_id", "UUID", "user"),
        _c("course_id", "VARCHAR", "course"),
        _c("section_id", "UUID", "the section that gives the access"),
        _c("role", "VARCHAR", "`student` or `teacher`"),
        _c(
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
        _c("course_id", "VARCHAR", "id of the course"),
        _c("subject", "VARCHAR", "subject"),
        _c("title", "VARCHAR", "title"),
        _c("grade", "VARCHAR", "grade it is meant for, or NULL"),
        _c("active", "BOOLEAN", "whether it may be mapped"),
    ),
    ("course_id",),
)
UNMAPPED = Table(
    "mapping",
    "unmapped",
    "active section without a course: nobody sees it",
    (
        _c("section_id", "UUID", "section"),
        _c("site_id", "VARCHAR", "site"),
        _c("name", "VARCHAR", "name of the section"),
        _c("students", "INTEGER", "students in it"),
        _c("teachers", "INTEGER", "teachers in it"),
        _c("since", "TIMESTAMP", "UTC, since when it has had no course"),
    ),
    ("section_id",),
    view="mapping/unmapped",
)
SUGGESTIONS = Table(
    "mapping",
    "suggestions",
    "unmapped section and course that might fit it; offered, never applied",
    (
        _c("section_id", "UUID", "section"),
        _c("course_id", "VARCHAR", "course"),
        _c("score", "DOUBLE", "0 to 1, higher fits better"),
        _c("reason", "VARCHAR", "what speaks for it"),
    ),
    ("section_id", "course_id"),
    view="mapping/suggestions",
)
SYNCS = Table(
    "sync",
    "syncs",
    "sync, whatever became of it",
    (
        _c("sync_id", "VARCHAR", "UTC time of its start and first part of the Dagster run id"),
        _c("sync_no", "BIGINT", "order in which syncs were applied or ended, from 1; clocks do not matter"),
        _c("district", "VARCHAR", "slug of the district"),
        _c("trigger", "VARCHAR", "`first`, `nightly`, `sync_now`, `undo` or `mapping`"),
        _c("requested_by", "VARCHAR", "who asked for it"),
        _c("status", "VARCHAR", "`succeeded`, `held`, `failed` or `refused`"),
        _c("started_at", "TIMESTAMP", "UTC"),
        _c("finished_at", "TIMESTAMP", "UTC"),
        _c("dagster_run_id", "VARCHAR", "the run in Dagster"),
        _c("created", "BIGINT", "records created"),
        _c("updated", "BIGINT", "records updated or relinked"),
        _c("archived", "BIGINT", "records archived or concluded"),
        _c("restored", "BIGINT", "records restored"),
        _c("held", "BIGINT", "changes held back"),
        _c("unchanged", "BIGINT", "records in force that stayed as they were"),
        _c("error", "VARCHAR", "why it failed or was refused, in one line"),
        _c("fingerprint", "VARCHAR", "of the applied plan's changes"),
        _c("sites", "VARCHAR[]", "the sites it was asked for; empty for the whole district"),
        _c("undoes", "VARCHAR", "the sync that it took back, for an undo"),
        _c("reason", "VARCHAR", "why it was asked for, as an undo was told"),
        _c("pruned_at", "TIMESTAMP", "UTC, when its changes were forgotten: it cannot be undone any more"),
    ),
    ("sync_id",),
)
CHANGE_LOG = Table(
    "sync",
    "change_log",
    "change that cannot be read off the roster itself",
    (
        _c("sync_id", "VARCHAR", "the sync"),
        _c("entity", "VARCHAR", "roster table"),
        _c("entity_id", "VARCHAR", "key of the record, parts joined by `/`"),
        _c("site_id", "VARCHAR", "site of the record"),
        _c("action", "VARCHAR", "`create`, `update`, `archive`, `restore`, `conclude` or `relink`"),
        _c("before", "JSON", "the changed fields before; NULL for a creation", pii=True),
        _c("after", "JSON", "the changed fields after; NULL for a creation and for a deletion", pii=True),
        _c("held_by", "VARCHAR", "the hold that keeps it back; NULL when applied"),
    ),
)
CHANGES = Table(
    "sync",
    "changes",
    "change of one record in one sync; creations are read off `since_sync_id`",
    CHANGE_LOG.columns,
    view="history/changes",
)
CHANGE_COUNTS = Table(
    "sync",
    "change_counts",
    "sync, entity, site and action",
    (
        _c("sync_id", "VARCHAR", "the sync"),
        _c("entity", "VARCHAR", "roster table"),
        _c("site_id", "VARCHAR", "site; NULL for people of the whole district"),
        _c("action", "VARCHAR", "as in sync.changes"),
        _c("changes", "BIGINT", "how many records"),
    ),
    ("sync_id", "entity", "site_id", "action"),
)
ISSUES = Table(
    "sync",
    "issues",
    "problem noticed in a sync",
    (
        _c("sync_id", "VARCHAR", "the sync"),
        _c("severity", "VARCHAR", "`error` or `warning`"),
        _c("code", "VARCHAR", "reason code, see docs/clever.md"),
        _c("entity", "VARCHAR", "what kind of record"),
        _c("record_id", "VARCHAR", "Clever id, or file and line"),
        _c("site_id", "VARCHAR", "site, where known"),
        _c("message", "VARCHAR", "what is wrong and what was done about it"),
    ),
)
HOLDS = Table(
    "sync",
    "holds",
    "set of changes kept back by a guard",
    (
        _c("hold_id", "VARCHAR", "id"),
        _c("sync_id", "VARCHAR", "the sync that made it"),
        _c("guard", "VARCHAR", "the guard"),
        _c("entity", "VARCHAR", "roster table"),
        _c("site_id", "VARCHAR", "site, when all is at one; sync.hold_parts has every site"),
        _c("changes", "BIGINT", "how many changes are held"),
        _c("of", "BIGINT", "of how many records in force"),
        _c("limit", "DOUBLE", "the limit that was passed"),
        _c("fingerprint", "VARCHAR", "of exactly these changes"),
        _c("status", "VARCHAR", "`open`, `approved`, `rejected` or `cleared`"),
        _c("decided_by", "VARCHAR", "who decided"),
        _c("decided_at", "TIMESTAMP", "UTC"),
        _c("expires_at", "TIMESTAMP", "UTC, when an approval that was not used ends"),
        _c("reason", "VARCHAR", "why it was decided so"),
        _c("sites", "VARCHAR[]", "the sites that the decision is about; empty for all"),
        _c("applied_sync_id", "VARCHAR", "the sync that applied the approved changes"),
        _c("cleared_sync_id", "VARCHAR", "the sync after which it no longer stood"),
        _c(
            "cleared_because",
            "VARCHAR",
            "`gone`, `changed` (another hold took its place, or keeps its changes back) or `expired`",
        ),
        _c("message", "VARCHAR", "what is held, why, and how to approve it"),
    ),
    ("hold_id", "sync_id"),
)

HOLD_PARTS = Table(
    "sync",
    "hold_parts",
    "hold and site and role, or hold and sign of a broken extract",
    (
        _c("hold_id", "VARCHAR", "the hold"),
        _c("sync_id", "VARCHAR", "the sync that made it"),
        _c("site_id", "VARCHAR", "site; NULL for the rest of the district"),
        _c("role", "VARCHAR", "`student`, `teacher` or `staff` where people are counted"),
        _c("sign", "VARCHAR", "the sign, of a broken extract"),
        _c("changes", "BIGINT", "how many changes are held there"),
        _c("of", "BIGINT", "of how many records in force"),
    ),
)
TURNOVER = Table(
    "sync",
    "turnover",
    "sync, entity, role and site of the last thirty days, for the guards that remember",
    (
        _c("sync_id", "VARCHAR", "the sync"),
        _c("applied_at", "TIMESTAMP", "UTC"),
        _c("entity", "VARCHAR", "roster table"),
        _c("role", "VARCHAR", "`student`, `teacher` or `staff` where people are counted"),
        _c("site_id", "VARCHAR", "site"),
        _c("gone", "BIGINT", "records archived or moved away, unasked"),
        _c("come", "BIGINT", "records created, restored or moved there, unasked"),
    ),
)

UNDONE = Table(
    "sync",
    "undone",
    "change that an undo took back, and that is held from then on",
    (
        _c("entity", "VARCHAR", "roster table"),
        _c("entity_id", "VARCHAR", "key of the record, parts joined by `/`"),
        _c("site_id", "VARCHAR", "site of the record"),
        _c("redo", "VARCHAR", "the action that would do it again, for a section course"),
        _c("refused", "JSON", "the fields as they were before the undo, and shall not be again", pii=True),
        _c("undo_sync_id", "VARCHAR", "the undo; its sync says who and why"),
    ),
    ("entity", "entity_id"),
)

SCHEMA_VERSIONS = Table(
    "sync",
    "schema_versions",
    "version that the tables of this file have had",
    (
        _c("version", "INTEGER", "1 is the first release, which did not write it down"),
        _c("applied_at", "TIMESTAMP", "UTC"),
    ),
    ("version",),
)

SETTLED = Table(
    "sync",
    "settled",
    "roster that is in line with what was staged; no row while something is held or was undone",
    (
        _c("basis", "VARCHAR", "of what people, memberships and enrollments were made"),
        _c("sync_id", "VARCHAR", "the sync that did it"),
    ),
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

PUBLISHED: tuple[Table, ...] = (
    *(e.table for e in ENTITIES),
    COURSE_ACCESS,
    COURSES,
    UNMAPPED,
    SUGGESTIONS,
    SYNCS,
    CHANGES,
    CHANGE_LOG,
    CHANGE_COUNTS,
    ISSUES,
    HOLDS,
    HOLD_PARTS,
    TURNOVER,
    SETTLED,
    UNDONE,
    SCHEMA_VERSIONS,
)
"""What `published.duckdb` holds, in the order of the data dictionary."""


def _t(schema: str, name: str, grain: str, *columns: tuple[str, str, str], pii: tuple[str, ...] = ()) -> Table:
    return Table(schema, name, grain, tuple(Column(*c, pii=c[0] in pii) for c in columns))


_RECORD = "JSON"

LANDING: tuple[Table, ...] = tuple(
    _t("clever", name, f"{what} record, as Clever sent it", ("record", _RECORD, meaning), pii=("record",))
    for name, what, meaning in (
        ("districts", "district", "id, name, state, error, last_sync, pause_start, pause_end are used"),
        ("schools", "school", "id, name are used"),
        ("terms", "term", "id, name, start_date, end_date are used"),
        ("courses", "course", "id, name are used"),
        (
            "sections",
            "section",
            "id, school, course, term_id, name, subject, grade, period, section_number, sis_id, "
            "teacher, teachers, students are used",
        ),
        (
            "users",
            "user",
            "id, name, email and of each role schools, sis_id, grade are used; contacts are not",
        ),
    )
)
"""The NDJSON files of a landing, and the fields of each that staging takes over; nothing else leaves it."""

STAGING: tuple[Table, ...] = (
    _t(
        "staging",
        "sites",
        "school that Clever shares",
        ("site_id", "VARCHAR", "Clever school id"),
        ("name", "VARCHAR", "name"),
    ),
    _t(
        "staging",
        "terms",
        "term",
        ("term_id", "VARCHAR", "Clever term id, not stable"),
        ("name", "VARCHAR", "name"),
        ("start_date", "DATE", "first day"),
        ("end_date", "DATE", "last day"),
    ),
    _t(
        "staging",
        "sections",
        "section at a known site",
        ("section_n", "INTEGER", "number of the record within this staging"),
        ("clever_id", "VARCHAR", "Clever section id"),
        *((c.name, c.type, c.meaning) for c in SECTIONS.columns[2:13]),
        ("term_unlisted", "BOOLEAN", "Clever does not list the term that it names, or lists none"),
        ("course_unlisted", "BOOLEAN", "Clever does not list the course that it names, or lists none"),
    ),
    _t(
        "staging",
        "users",
        "person in a role that is synced",
        ("user_n", "INTEGER", "number of the record within this staging"),
        ("clever_id", "VARCHAR", "Clever user id"),
        ("roles", "VARCHAR[]", "sorted roles"),
        ("first_name", "VARCHAR", "given name"),
        ("last_name", "VARCHAR", "family name"),
        ("email", "VARCHAR", "e-mail"),
        ("grade", "VARCHAR", "a student's grade"),
        ("sis_id", "VARCHAR", "id in the SIS"),
        pii=("first_name", "last_name", "email", "sis_id"),
    ),
    _t(
        "staging",
        "user_sites",
        "synced person and known site",
        ("user_n", "INTEGER", "the user's number in staging.users"),
        ("site_id", "VARCHAR", "site"),
        ("is_primary", "BOOLEAN", "whether Clever calls it the person's primary school"),
    ),
    _t(
        "staging",
        "enrollments",
        "section, person and role, both ends known",
        ("section", "VARCHAR", "Clever section id"),
        ("member", "VARCHAR", "Clever user id"),
        ("role", "VARCHAR", "`student` or `teacher`"),
        ("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
    ),
    _t(
        "staging",
        "issues",
        "record that could not be used, or not as a whole",
        *((c.name, c.type, c.meaning) for c in ISSUES.columns[1:]),
    ),
)

INPUTS: tuple[Table, ...] = (
    _t(
        "input",
        "courses",
        "course of data/courses.csv",
        *((c.name, c.type, c.meaning) for c in COURSES.columns),
    ),
    _t(
        "input",
        "rules",
        "rule of data/mapping_rules.csv",
        ("rule_id", "VARCHAR", "id of the rule"),
        ("subject", "VARCHAR", "Clever's subject, NULL for any"),
        ("grade", "VARCHAR", "section grade, NULL for any"),
        ("clever_course", "VARCHAR", "name of Clever's course, NULL for any"),
        ("course_id", "VARCHAR", "the course it maps to"),
    ),
    _t(
        "input",
        "sites",
        "site of data/sites.csv",
        ("site_id", "VARCHAR", "site"),
        ("enrollment_source", "VARCHAR", "`clever` or `manual`"),
        ("line", "INTEGER", "line of the file"),
    ),
    _t(
        "input",
        "logins",
        "person who has logged in (data/logins.csv)",
        ("user_id", "VARCHAR", "ours or Clever's id"),
        ("platform_id", "UUID", "the same, where it is ours"),
        ("first_login_at", "TIMESTAMP", "UTC"),
        ("line", "INTEGER", "line of the file"),
    ),
)
