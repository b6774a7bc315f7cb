"""The tables in memory, for the length of one run, step by step.

Belongs here: what each step makes on the way from staging to the roster. Does not belong here: staging and inputs
themselves (`sources.py`), what the mapping makes (`mapping.py`), and what outlives the run.
"""

from __future__ import annotations

from roster_pipeline.model.columns import CLEVER_ID, ISSUE, LINE_ISSUE, SECTION_ID, SECTION_N, SITE
from roster_pipeline.model.core import Column, Table, table
from roster_pipeline.model.erasure import ERASING
from roster_pipeline.model.history import HOLD_PARTS, WAITING_SITES
from roster_pipeline.model.mapping import COMPARED, MAPPED
from roster_pipeline.model.overrides import OVERRIDING
from roster_pipeline.model.roster import ENTITIES, SECTIONS
from roster_pipeline.model.sources import EARLIER, INPUTS, STAGED, STAGING

_ENTITY = ("entity", "VARCHAR", "roster table")
_ENTITY_ID = ("entity_id", "VARCHAR", "key of the record, parts joined by `/`")
_ROLE = ("role", "VARCHAR", "`student`, `teacher` or `staff` where people are counted")
_HELD_BY = ("held_by", "VARCHAR", "the hold that keeps it back; until that has an id, the key of its guard")
_RECORD = ("record", "BIGINT", "row id in the plan's table")
_USER_N = ("user_n", "INTEGER", "the user's number in staging.users")
_USER_ID = ("user_id", "UUID", "the platform's id")
_VERDICT = ("verdict", "VARCHAR", "`known`, `new`, `relinked` (known under another Clever id), `held` or `ambiguous`")
_EVIDENCE = ("evidence", "VARCHAR", "what says that it is somebody known")
_PAIR = (
    _ENTITY,
    ("id", "UUID", "the platform's id of the record that is gone"),
    ("new_id", "UUID", "the id that the new one would have by itself"),
    ("old_clever_id", "VARCHAR", "Clever id of the one that is gone"),
    ("new_clever_id", "VARCHAR", "Clever id of the new one"),
    SITE,
    _EVIDENCE,
)


IDENTITY: tuple[Table, ...] = (
    table("identity", "sites", "site that is shared and synced", SITE),
    table(
        "identity",
        "own_user_ids",
        "shared person, as if nobody came back under another id",
        _USER_N,
        CLEVER_ID,
        _USER_ID,
    ),
    table(
        "identity",
        "own_section_ids",
        "shared section, as if none came back under another id",
        SECTION_N,
        CLEVER_ID,
        SECTION_ID,
    ),
    table(
        "identity",
        "new_people",
        "shared person whom the roster does not know, and who will be on it",
        ("new_id", "UUID", "the id that they would have by themselves"),
        CLEVER_ID,
        ("sis_id", "VARCHAR", "id in the SIS"),
        ("sis_role", "VARCHAR", "the role in which the SIS id counts"),
        ("is_student", "BOOLEAN", "whether they are a student"),
        ("name", "VARCHAR", "first and last name, in small letters"),
        ("email", "VARCHAR", "e-mail, in small letters"),
        pii=("sis_id", "name", "email"),
    ),
    table(
        "identity",
        "section_pairs",
        "section that is gone and new section that is like it",
        *(_PAIR[n] for n in (1, 2, 3, 4, 5)),
    ),
    table(
        "identity",
        "pair_members",
        "section of a pair and person in it",
        SECTION_ID,
        ("user_id", "UUID", "the id that the person has or would have after a relink"),
        ("role", "VARCHAR", "`student` or `teacher`"),
        ("is_primary", "BOOLEAN", "whether this is the section's primary teacher"),
    ),
    table(
        "identity",
        "candidates",
        "record of the roster and Clever id under which it seems to come back",
        *_PAIR,
        ("verdict", "VARCHAR", "`relink` (nothing speaks against it) or `ambiguous`"),
    ),
    table("identity", "users", "shared person: who they are", _USER_N, CLEVER_ID, _USER_ID, _VERDICT, _EVIDENCE),
    table("identity", "sections", "shared section: which it is", SECTION_N, CLEVER_ID, SECTION_ID, _VERDICT, _EVIDENCE),
)
"""Who is who. What is `held` or `ambiguous` has an id of its own until somebody has decided."""

_NUMBERED = {"users": _USER_N, "sections": SECTION_N}


def _desired(name: str) -> Table:
    (known,) = (e.table for e in ENTITIES if e.name == name)
    numbered = tuple(Column(*_NUMBERED[n]) for n in _NUMBERED if n == name)
    return Table("desired", name, known.grain, (*numbered, *(c for c in known.columns if not c.kept)))


DESIRED: tuple[Table, ...] = (
    *(_desired(e.name) for e in ENTITIES),
    table("desired", "scope_issues", "section with people who belong to no synced site", *ISSUE),
    table("desired", "last_known_issues", "kind of list that no longer has what sections name", *ISSUE),
    table("desired", "login_issues", "line of data/logins.csv that names nobody", *LINE_ISSUE),
    table(
        "desired",
        "undone",
        "change that an undo takes back",
        _ENTITY,
        _ENTITY_ID,
        ("action", "VARCHAR", "what the sync did"),
        ("before", "JSON", "the changed fields before it"),
        ("changed_since", "BOOLEAN", "whether a later sync changed the record too"),
        pii=("before",),
    ),
)

_CHANGE = (
    ("gone", "BOOLEAN", "whether the record is deleted, where nothing can be archived"),
    ("action", "VARCHAR", "`create`, `update`, `archive`, `restore`, `conclude` or `relink`"),
    ("before", "VARCHAR", "the changed fields before, as JSON"),
    ("after", "VARCHAR", "the changed fields after, as JSON"),
    _HELD_BY,
)

PLAN: tuple[Table, ...] = (
    *(
        Table(
            "plan",
            e.name,
            f"change of roster.{e.name}: the whole record as it will be",
            (*e.table.columns, *(Column(*c) for c in _CHANGE)),
        )
        for e in ENTITIES
    ),
    table(
        "plan", "basis", "plan: all that people, memberships and enrollments depend on", ("basis", "VARCHAR", "as text")
    ),
    Table("plan", "waiting_sites", WAITING_SITES.grain, WAITING_SITES.columns[:-2]),
    table("plan", "confirmed", "site of which Clever shares what somebody confirmed", SITE),
    table("plan", "untouched", "entity that is not looked at", _ENTITY),
    Table("temp", "counted_sections", "section whose counts are others now, as it will be", SECTIONS.columns),
    *COMPARED,
    table("plan", "changed", "section whose enrollments are others now", SECTION_ID),
    table("plan", "people_of_sites", "person who is or was at a chosen site", _USER_ID),
    table("plan", "sections_of_sites", "section that is at a chosen site now", SECTION_ID),
    table(
        "plan",
        "counts",
        "entity, site, action and hold",
        ("n", "INTEGER", "order of the entity"),
        _ENTITY,
        SITE,
        ("action", "VARCHAR", "action"),
        _HELD_BY,
        ("changes", "BIGINT", "how many"),
        ("print", "UBIGINT", "hash of the changes"),
    ),
    table("plan", "totals", "plan", ("unchanged", "BIGINT", "records in force that stay as they are")),
)

_BREACH = tuple(
    Column(*c)
    for c in (
        ("key", "VARCHAR", "marks the changes until the hold has its id"),
        ("guard", "VARCHAR", "the guard"),
        _ENTITY,
        SITE,
        _ROLE,
        ("changes", "BIGINT", "how many"),
        ("in_force", "BIGINT", "of how many records in force"),
        ("gone", "BIGINT", "how many left in the days before"),
        ("limit", "DOUBLE", "the limit"),
        ("by_count", "BOOLEAN", "whether the limit is a number; else it is in percent"),
    )
)

GUARDS: tuple[Table, ...] = (
    table(
        "guards",
        "limits",
        "site, and one of the district",
        SITE,
        ("own_window", "BOOLEAN", "whether the site has limits of its own today"),
        ("expected", "BOOLEAN", "whether a change is expected there today"),
        ("limits", "MAP(VARCHAR, DECIMAL(12, 3))", "the limits by name; one that is not set has no key"),
    ),
    table(
        "guards",
        "population",
        "entity, role and site",
        _ENTITY,
        _ROLE,
        SITE,
        ("in_force", "BIGINT", "records in force"),
    ),
    table(
        "guards", "grades", "grade", ("grade", "VARCHAR", "grade, in Clever's words"), ("rank", "INTEGER", "its order")
    ),
    table("guards", "judged", "change that a guard counts", _RECORD, SITE, _ROLE),
    Table("guards", "breaches", "limit that was passed, at a site or in the rest of the district, in a role", _BREACH),
    table("guards", "breached", "judged change whose limit was passed", _RECORD),
    Table("guards", "relink_breaches", "limit that relinks passed", _BREACH),
    table(
        "guards",
        "decided",
        "change of this plan that somebody has decided about",
        _ENTITY,
        _ENTITY_ID,
        ("guard", "VARCHAR", "for which guard"),
        ("hold_id", "VARCHAR", "the hold"),
        ("status", "VARCHAR", "`approved` or `rejected`"),
        ("is_judged", "BOOLEAN", "whether the guard counted it; else it waits with what was counted"),
    ),
    table(
        "guards",
        "signs",
        "sign of a broken extract",
        ("n", "INTEGER", "the gravest first"),
        ("sign", "VARCHAR", "its name"),
        ("shown_as", "VARCHAR", "the entity that it is told of"),
        ("entity", "VARCHAR", "the entity whose records are gone; NULL for all of them"),
        SITE,
        _ROLE,
        ("changes", "BIGINT", "its size"),
        ("limit", "DOUBLE", "the limit that it passes; 0 where any such record is one too many"),
        ("explains", "BOOLEAN", "whether it says itself what is gone"),
        ("sentence", "VARCHAR", "what a person is told"),
        ("accepted_by", "VARCHAR", "the approved hold that accepts it"),
    ),
    table(
        "guards",
        "relinks",
        "candidate, as it was judged",
        *_PAIR,
        ("verdict", "VARCHAR", "`relink`, `held` or `ambiguous`"),
        _HELD_BY,
        ("decided_by", "VARCHAR", "the hold in which somebody decided"),
    ),
    table(
        "guards",
        "waiting",
        "record that waits for a relink to be decided",
        _ENTITY,
        ("id", "UUID", "the record"),
        _HELD_BY,
    ),
    table("guards", "waiting_people", "person who stays, and whose school or role is held", _USER_ID, _HELD_BY),
    table(
        "guards",
        "undone",
        "change that would do again what an undo took back",
        _ENTITY,
        _ENTITY_ID,
        ("undo_sync_id", "VARCHAR", "the undo"),
    ),
    table("guards", "undone_sites", "site that is held back from beginning again", SITE, _HELD_BY),
    table(
        "guards",
        "hold_ids",
        "hold of this plan",
        ("key", "VARCHAR", "what marked its changes"),
        ("hold_id", "VARCHAR", "its id"),
    ),
    table(
        "guards",
        "holds",
        "hold of this plan",
        ("hold_id", "VARCHAR", "id"),
        ("guard", "VARCHAR", "the guard"),
        _ENTITY,
        SITE,
        ("changes", "BIGINT", "how many changes are held"),
        ("of", "BIGINT", "of how many records in force"),
        ("limit", "DOUBLE", "the limit that was passed"),
        ("fingerprint", "VARCHAR", "of exactly these changes"),
        ("message", "VARCHAR", "what is held, why, and how to approve it"),
        ("blocks", "BOOLEAN", "whether the whole plan waits"),
    ),
    Table("guards", "hold_parts", HOLD_PARTS.grain, tuple(c for c in HOLD_PARTS.columns if c.name != "sync_id")),
)

SCRATCH: tuple[Table, ...] = (
    *EARLIER,
    *(t for t in STAGING if not t.view),
    *STAGED,
    *INPUTS,
    *IDENTITY,
    *MAPPED,
    *DESIRED,
    *PLAN,
    *GUARDS,
    *ERASING,
    *OVERRIDING,
)
"""In the order in which a sync fills them."""

_BY_NAME = {t.full_name: t for t in SCRATCH}


def scratch(name: str) -> Table:
    """The scratch table `schema.name`."""
    return _BY_NAME[name]
