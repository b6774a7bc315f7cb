"""What the district shares with us through Clever, and what of that is too much or too little.

Belongs here: the tables of `roster sharing`. Does not belong here: what is said about them (`history/sharing/`).
"""

from __future__ import annotations

from roster_pipeline.model.core import Column, Table

COUNTED = (
    ("school_not_mapped", "1 when no section of the site has a course"),
    ("grade_not_mapped", "grades of whose students none is in a section with a course"),
    ("people_in_no_mapped_section", "people who are in sections, none of which has a course"),
    ("students_in_no_section", "students who are in no section"),
    ("teachers_in_no_section", "teachers who are in no section"),
    ("sections_without_teachers", "active sections without a teacher"),
    ("sections_without_students", "active sections without students"),
    ("students_not_shared", "places in sections that are of students whom Clever does not share"),
    ("teachers_not_shared", "places in sections that are of teachers whom Clever does not share"),
)
"""The findings that are counted with every sync, and what each counts; people are counted at their primary site."""

SHARING = Table(
    "sync",
    "sharing",
    "sync that asked Clever, and site that is synced",
    (
        Column("sync_id", "VARCHAR", "the sync"),
        Column("site_id", "VARCHAR", "site"),
        Column("students", "BIGINT", "students of the site that Clever shares"),
        Column("teachers", "BIGINT", "teachers of the site that Clever shares"),
        Column("sections", "BIGINT", "sections of the site that Clever shares"),
        *(Column(name, "BIGINT", meaning) for name, meaning in COUNTED),
    ),
    ("sync_id", "site_id"),
)
NOT_SHARED = Table(
    "sync",
    "not_shared",
    "section and person whom it lists and Clever does not share, as the last sync found it",
    (
        Column("site_id", "VARCHAR", "site of the section"),
        Column("section", "VARCHAR", "Clever section id"),
        Column("clever_id", "VARCHAR", "Clever user id"),
        Column("role", "VARCHAR", "`student` or `teacher`"),
    ),
)
SHARING_FINDINGS = Table(
    "sync",
    "sharing_findings",
    "finding about what Clever shares of a site that is synced",
    (
        Column("site_id", "VARCHAR", "site; a person's primary one"),
        Column("finding", "VARCHAR", "what was found: as the columns of sync.sharing, or `sudden_lack`"),
        Column("entity", "VARCHAR", "what it is about: `sites`, `grades`, `users`, `sections`; what lacks, of a lack"),
        Column("record_id", "VARCHAR", "the platform's id of it; NULL for who is not shared, a site and a grade"),
        Column("clever_id", "VARCHAR", "Clever id of it; NULL for a grade and for what lacks"),
        Column("sis_id", "VARCHAR", "its id in the student information system", pii=True),
        Column("grade", "VARCHAR", "the grade, or that of the person or section"),
        Column("section", "VARCHAR", "Clever id of the section that lists who is not shared"),
        Column("section_sis_id", "VARCHAR", "that section's id in the student information system"),
        Column("people", "BIGINT", "how many people it concerns; how many records are lacking, of a lack"),
        Column("covered", "BOOLEAN", "what mends the site's or the grade's finding mends this one too"),
    ),
    view="history/sharing/findings",
)
