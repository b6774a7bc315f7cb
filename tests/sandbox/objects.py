"""Clever's objects as it describes them: every field, its type, and no other field.

A field without default is one that Clever guarantees. Formats are those that Clever validates. What is not known is
absent; a text may also be empty, a moment, a day or a word of a list that has no empty one may not.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Id = Annotated[str, Meta(pattern="^[0-9a-f]{24}$")]
_DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_MOMENT = rf"{_DAY}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{{3}}Z"
Time = Annotated[str, Meta(pattern=f"^{_MOMENT}$")]
Date = Annotated[str, Meta(pattern=f"^{_DAY}$")]
TimeOrDate = Annotated[str, Meta(pattern=f"^({_MOMENT}|{_DAY})$")]
Born = Annotated[str, Meta(pattern=r"^\d{1,2}/\d{1,2}/\d{4}$")]
NotEmpty = Annotated[str, Meta(min_length=1)]
YesNo = Literal["Y", "N", ""]
Text = str | UnsetType
Ext = Annotated[dict[str, str], Meta(min_length=1)]

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
DisabilityType = Literal[
    "Autism", "Deaf-blindness", "Developmental delay", "Emotional disturbance", "Hearing impairment",
    "Intellectual Disability", "Multiple disabilities", "Orthopedic impairment", "Other", "Other health impairment",
    "Specific learning disability", "Speech or language impairment", "Traumatic brain injury", "Visual impairment",
]  # fmt: skip
DisabilityCode = Literal[
    "aut", "db", "dd", "emn", "hi", "id", "md", "oi", "other", "ohi", "sld", "sli", "tbi", "vi",
]  # fmt: skip

# What a home language can be called.
_LANGUAGES = (
    "Afrikaans|Albanian|Amharic|Arabic|Armenian|Azerbaijani|Basque|Belarusian|Bengali|Bosnian|"
    "Bulgarian|Burmese|Cabo Verdean|Catalan|Cebuano|Chichewa|Chinese|Chinese [(]Mandarin[)]|Corsican|"
    "Croatian|Czech|Danish|Dari|Dutch|English|Estonian|Farsi|Filipino|Finnish|French|Frisian|"
    "Galician|Georgian|German|Greek|Gujarati|Haitian Creole|Hausa|Hawaiian|Hebrew|Hindi|Hmong|"
    "Hungarian|Icelandic|Igbo|Iloko|Indonesian|Irish|Italian|Japanese|Javanese|Kannada|Karen|Kazakh|"
    "Khmer|Kinyarwanda|Korean|Kurdish [(]Kurmanji[)]|Kyrgyz|Lao|Latvian|Lithuanian|Luxembourgish|"
    "Macedonian|Malagasy|Malay|Malayalam|Maltese|Maori|Marathi|Marshallese|Mongolian|Nepali|"
    "Norwegian|Odia|Oromo|Pashto|Polish|Portuguese|Punjabi|Romanian|Russian|Samoan|Scots Gaelic|"
    "Serbian|Sesotho|Shona|Sindhi|Sinhala|Slovak|Slovenian|Somali|Spanish|Sundanese|Swahili|Swedish|"
    "Tagalog|Tajik|Tamil|Tatar|Telugu|Thai|Tigrinya|Turkish|Turkmen|Ukrainian|Urdu|Uyghur|Uzbek|"
    "Vietnamese|Welsh|Xhosa|Yiddish|Yoruba|Zulu|Other"
)
Language = Annotated[str, Meta(pattern=f"^({_LANGUAGES})$")]


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
    launch_date: Date
    portal_url: NotEmpty
    login_methods: list[Literal["Clever Badges", "Canvas", "Clever Passwords", "Google", "LDAP", "SAML", "Other"]]
    last_sync: Time | UnsetType = UNSET
    last_clever_sync: Time | UnsetType = UNSET
    state: Literal["running", "pending", "error", "paused", "success", ""] | UnsetType = UNSET
    error: Text = UNSET
    pause_start: TimeOrDate | UnsetType = UNSET
    pause_end: TimeOrDate | UnsetType = UNSET
    mdr_number: Text = UNSET
    nces_id: Text = UNSET
    district_contact: DistrictContact | UnsetType = UNSET


class District31(District):
    lms_type: Literal["canvas", "schoology", "google_classroom", ""] | UnsetType = UNSET
    lms_state: LmsState | UnsetType = UNSET
    last_attendance_sync: Time | UnsetType = UNSET


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
    ext: Ext | UnsetType = UNSET


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
    ext: Ext | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.teacher != self.teachers[0]:
            raise ValueError("the primary teacher is not the first of `teachers`")


class Section31(Section):
    lms_status: LmsStatus | UnsetType = UNSET


class Enrollment(Strict):
    school: Id
    start_date: TimeOrDate
    end_date: TimeOrDate | UnsetType = UNSET


class Placed(Strict):
    """Somebody with a primary school."""

    school: Id
    schools: Annotated[list[Id], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if self.school not in self.schools or self.schools != sorted(set(self.schools)):
            raise ValueError("`schools` has the primary one, and each once, in the order of their ids")


class Student(Placed):
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
    ext: Ext | UnsetType = UNSET
    email: Text = UNSET


class PreferredName(Strict):
    first: str
    middle: str
    last: str


class Disability(Strict):
    disability_status: Literal["Y", "N"] | UnsetType = UNSET
    disability_type: DisabilityType | UnsetType = UNSET
    disability_code: DisabilityCode | UnsetType = UNSET


class Student31(Student):
    preferred_name: PreferredName | UnsetType = UNSET
    frl_status: Literal["Free", "Reduced", "Paid", "Other", ""] | UnsetType = UNSET
    iep_status: YesNo | UnsetType = UNSET
    gifted_status: YesNo | UnsetType = UNSET
    section_504_status: YesNo | UnsetType = UNSET
    disability: Disability | UnsetType = UNSET
    home_language: Language | UnsetType = UNSET
    home_language_code: Annotated[str, Meta(pattern="^([a-z]{3}|other)$")] | UnsetType = UNSET


class Teacher(Placed):
    sis_id: NotEmpty
    legacy_id: Id
    state_id: Text = UNSET
    teacher_number: Text = UNSET
    title: Text = UNSET
    credentials: Credentials | UnsetType = UNSET
    ext: Ext | UnsetType = UNSET


class Staff(Strict):
    schools: Annotated[list[Id], Meta(min_length=1)]
    staff_id: NotEmpty
    legacy_id: Id
    roles: list[Literal["PortalOnly", "SchoolTechLead"]]
    department: Text = UNSET
    title: Text = UNSET
    credentials: Credentials | UnsetType = UNSET
    ext: Ext | UnsetType = UNSET


class DistrictAdmin(Strict):
    legacy_id: Id
    title: Text = UNSET


class Tie(Strict):
    student: Id
    relationship: Literal["Parent", "Grandparent", "Self", "Aunt/Uncle", "Sibling", "Other", ""]
    type: Literal["Parent/Guardian", "Emergency", "Primary", "Secondary", "Family", "Other", ""]


class Contact(Strict):
    """Contacts of the demo district have no `legacy_id`, although the description guarantees one."""

    phone: str
    phone_type: Literal["Cell", "Home", "Work", "Other", ""]
    sis_id: str
    student_relationships: Annotated[list[Tie], Meta(min_length=1)]
    legacy_id: Id | UnsetType = UNSET


class RolesBase(Strict):
    teacher: Teacher | UnsetType = UNSET
    staff: Staff | UnsetType = UNSET
    district_admin: DistrictAdmin | UnsetType = UNSET
    contact: Contact | UnsetType = UNSET

    def __post_init__(self) -> None:
        held = set(msgspec.to_builtins(self))
        if not held or (held & {"student", "contact"} and len(held) > 1):
            raise ValueError("a user has at least one role, and a student or a contact no other")


class Roles(RolesBase):
    student: Student | UnsetType = UNSET


class Roles31(RolesBase):
    student: Student31 | UnsetType = UNSET


class UserBase(Strict):
    id: Id
    district: Id
    created: Time
    last_modified: Time
    name: Name


class User(UserBase, kw_only=True):
    roles: Roles
    email: NotEmpty | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.roles.contact is UNSET) == (self.name.first is UNSET):
            raise ValueError("everybody has a first name, except for contacts")


class User31(User, kw_only=True):
    roles: Roles31  # type: ignore[assignment]
    lms_status: LmsStatus | UnsetType = UNSET


class Resource(Strict):
    id: Id
    district: Id
    resource_id: NotEmpty
    title: NotEmpty
    roles: list[Literal["teacher", "student"]]
    created: Time
    updated: Time
