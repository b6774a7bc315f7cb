"""Clever's objects as it describes them: every field, its type, and no other field.

A field without default is one that Clever guarantees. Formats are those that Clever validates.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Id = Annotated[str, Meta(pattern="^[0-9a-f]{24}$")]
Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
OptionalTime = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?$")]
Date = Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
Born = Annotated[str, Meta(pattern=r"^\d{1,2}/\d{1,2}/\d{4}$")]
NotEmpty = Annotated[str, Meta(min_length=1)]
YesNo = Literal["Y", "N", ""]
Text = str | UnsetType

Grade = Literal[
    "InfantToddler", "Preschool", "PreKindergarten", "TransitionalKindergarten", "Kindergarten",
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13",
    "PostGraduate", "Ungraded", "Other", "",
]  # fmt: skip
Subject = Literal[
    "english/language arts", "math", "science", "social studies", "language", "homeroom/advisory",
    "interventions/online learning", "technology and engineering", "PE and health", "arts and music", "other", "",
]  # fmt: skip
Race = Literal[
    "Caucasian", "Asian", "Black or African American", "American Indian", "Hawaiian or Other Pacific Islander",
    "Two or More Races", "Unknown", "",
]  # fmt: skip
LmsState = Literal[
    "initial_sync_processing", "pending_authorization", "matching_in_progress", "error", "disconnected", "success", "",
]  # fmt: skip


class Strict(Struct, forbid_unknown_fields=True):
    pass


class Name(Strict):
    last: NotEmpty
    first: Text = UNSET
    middle: Text = UNSET


class Location(Strict):
    address: Text = UNSET
    city: Text = UNSET
    state: Text = UNSET
    zip: Text = UNSET
    lat: Text = UNSET
    lon: Text = UNSET


class Principal(Strict):
    name: Text = UNSET
    email: Text = UNSET


class Credentials(Strict):
    district_username: str


class LmsStatus(Strict):
    synced_in_lms: bool


class ContactName(Strict):
    first: str
    last: str


class DistrictContact(Strict):
    id: Id
    district: Id
    name: ContactName
    title: str
    email: Text = UNSET


class District(Strict):
    id: Id
    name: NotEmpty
    sis_type: NotEmpty
    launch_date: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    portal_url: NotEmpty
    login_methods: list[Literal["Clever Badges", "Canvas", "Clever Passwords", "Google", "LDAP", "SAML", "Other"]]
    last_sync: Time | UnsetType = UNSET
    last_clever_sync: Time | UnsetType = UNSET
    state: Literal["running", "pending", "error", "paused", "success", ""] | UnsetType = UNSET
    error: Text = UNSET
    pause_start: Text = UNSET
    pause_end: Text = UNSET
    mdr_number: Text = UNSET
    nces_id: Text = UNSET
    district_contact: DistrictContact | UnsetType = UNSET


class District31(District):
    lms_type: Literal["canvas", "schoology", "google_classroom", ""] | UnsetType = UNSET
    lms_state: LmsState | UnsetType = UNSET
    last_attendance_sync: OptionalTime | UnsetType = UNSET


class School(Strict):
    id: Id
    district: Id
    name: NotEmpty
    sis_id: NotEmpty
    school_number: NotEmpty
    created: Time
    last_modified: Time
    state_id: Text = UNSET
    nces_id: Text = UNSET
    mdr_number: Text = UNSET
    low_grade: Grade | UnsetType = UNSET
    high_grade: Grade | UnsetType = UNSET
    phone: Text = UNSET
    location: Location | UnsetType = UNSET
    principal: Principal | UnsetType = UNSET
    ext: dict[str, str] | UnsetType = UNSET


class Course(Strict):
    id: Id
    district: Id
    name: Text = UNSET
    number: Text = UNSET


class Term(Strict):
    id: Id
    district: Id
    name: Text = UNSET
    start_date: Date | UnsetType = UNSET
    end_date: Date | UnsetType = UNSET


class Section(Strict):
    id: Id
    district: Id
    school: Id
    created: Time
    last_modified: Time
    name: NotEmpty
    sis_id: NotEmpty
    subject: Subject
    students: Annotated[list[Id], Meta(min_length=1)]
    teacher: Id
    teachers: Annotated[list[Id], Meta(min_length=1, max_length=10)]
    course: Id | UnsetType = UNSET
    term_id: Id | UnsetType = UNSET
    grade: Grade | UnsetType = UNSET
    period: Text = UNSET
    section_number: Text = UNSET
    ext: dict[str, str] | UnsetType = UNSET


class Section31(Section):
    lms_status: LmsStatus | UnsetType = UNSET


class Enrollment(Strict):
    school: Id
    start_date: str
    end_date: str


class Student(Strict):
    school: Id
    schools: Annotated[list[Id], Meta(min_length=1)]
    enrollments: list[Enrollment]
    sis_id: NotEmpty
    state_id: Text = UNSET
    student_number: Text = UNSET
    dob: Born | UnsetType = UNSET
    grade: Grade | UnsetType = UNSET
    gender: Literal["M", "F", "X", ""] | UnsetType = UNSET
    race: Race | UnsetType = UNSET
    hispanic_ethnicity: YesNo | UnsetType = UNSET
    ell_status: YesNo | UnsetType = UNSET
    graduation_year: Text = UNSET
    location: Location | UnsetType = UNSET
    credentials: Credentials | UnsetType = UNSET
    ext: dict[str, str] | UnsetType = UNSET
    email: Text = UNSET


class PreferredName(Strict):
    first: str
    middle: str
    last: str


class Disability(Strict):
    disability_status: str
    disability_type: str
    disability_code: str


class Student31(Student):
    preferred_name: PreferredName | UnsetType = UNSET
    frl_status: Literal["Free", "Reduced", "Paid", "Other", ""] | UnsetType = UNSET
    iep_status: YesNo | UnsetType = UNSET
    gifted_status: YesNo | UnsetType = UNSET
    section_504_status: YesNo | UnsetType = UNSET
    disability: Disability | UnsetType = UNSET
    home_language: Text = UNSET
    home_language_code: Annotated[str, Meta(pattern="^([a-z]{3})?$")] | UnsetType = UNSET


class Teacher(Strict):
    school: Id
    schools: Annotated[list[Id], Meta(min_length=1)]
    sis_id: NotEmpty
    legacy_id: Id
    state_id: Text = UNSET
    teacher_number: Text = UNSET
    title: Text = UNSET
    credentials: Credentials | UnsetType = UNSET
    ext: dict[str, str] | UnsetType = UNSET


class Staff(Strict):
    schools: Annotated[list[Id], Meta(min_length=1)]
    staff_id: NotEmpty
    legacy_id: Id
    roles: list[Literal["PortalOnly", "SchoolTechLead"]]
    department: Text = UNSET
    title: Text = UNSET
    credentials: Credentials | UnsetType = UNSET
    ext: dict[str, str] | UnsetType = UNSET


class DistrictAdmin(Strict):
    legacy_id: Id
    title: Text = UNSET


class Tie(Strict):
    student: Id
    relationship: Literal["Parent", "Grandparent", "Self", "Aunt/Uncle", "Sibling", "Other", ""]
    type: Literal["Parent/Guardian", "Emergency", "Primary", "Secondary", "Family", "Other", ""]


class Contact(Strict):
    legacy_id: Id
    phone: str
    phone_type: Literal["Cell", "Home", "Work", "Other", ""]
    sis_id: str
    student_relationships: Annotated[list[Tie], Meta(min_length=1)]


class Roles(Strict):
    student: Student | UnsetType = UNSET
    teacher: Teacher | UnsetType = UNSET
    staff: Staff | UnsetType = UNSET
    district_admin: DistrictAdmin | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET


class Roles31(Strict):
    student: Student31 | UnsetType = UNSET
    teacher: Teacher | UnsetType = UNSET
    staff: Staff | UnsetType = UNSET
    district_admin: DistrictAdmin | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET


class UserBase(Strict):
    id: Id
    district: Id
    created: Time
    last_modified: Time
    name: Name


class User(UserBase, kw_only=True):
    roles: Roles
    email: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET


class User31(UserBase, kw_only=True):
    roles: Roles31
    email: Annotated[str, Meta(min_length=1)] | UnsetType = UNSET
    lms_status: LmsStatus | UnsetType = UNSET


class Link(Strict):
    rel: str
    uri: Annotated[str, Meta(pattern=r"^/(v3\.[01]|oauth)/")]


class Token(Strict):
    """An element of /oauth/tokens, which unlike the Data API's is not wrapped."""

    id: Id
    created: Time
    owner: dict[str, str]
    access_token: Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]
    scopes: list[str]


class Tokens(Strict):
    data: list[Token]
    links: list[Link]


SCHEMAS: dict[str, dict[str, type[Struct]]] = {
    "v3.0": {
        "districts": District,
        "schools": School,
        "courses": Course,
        "terms": Term,
        "sections": Section,
        "users": User,
    },
    "v3.1": {
        "districts": District31,
        "schools": School,
        "courses": Course,
        "terms": Term,
        "sections": Section31,
        "users": User31,
    },
}


def list_of(schema: type[Struct]) -> type[Struct]:
    """The envelope of a list of such records: data, each with its own URI, and links; nothing else."""
    element = msgspec.defstruct("Element", [("data", schema), ("uri", str)], forbid_unknown_fields=True)
    return msgspec.defstruct(
        "Body",
        [("data", list[element]), ("links", list[Link])],  # type: ignore[valid-type]
        forbid_unknown_fields=True,
    )


def single_of(schema: type[Struct]) -> type[Struct]:
    """The envelope of one such record."""
    return msgspec.defstruct("Body", [("data", schema), ("links", list[Link])], forbid_unknown_fields=True)
