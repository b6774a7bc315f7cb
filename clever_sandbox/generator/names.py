"""Words from which synthetic people, streets and schools are made.

Belongs here: word lists and what is spelled out of them. Does not belong here: who lives where, or
any name of a real person: given and family names are drawn independently of each other.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

FIRST_NAMES = tuple(
    (
        "Ada Aiko Amara Anders Anouk Arlo Åsa Bashir Bea Benno Carys Chidi Cleo Dario Delia Devi Eamon Ebba "
        "Edda Emre Esme Fadi Farah Fenn Finja Gael Gita Hana Hugo Ida Ilse Imani Indra Isko Jaro Jette Jonas "
        "José Juno Kaja Kavi Keon Kira Lale Leif Lena Linus Lior Łucja Maëlle Malik Mara Mika Mina Nadia Nilo "
        "Noor Odin Ola Otis Pema Petra Quinn Rafi Rhea Rosa Sami Selma Søren Sunil Talia Tariq Tess Tomás Uma "
        "Vera Viggo Wanda Xenia Yara Yusuf Zadie Zoë"
    ).split()
)

_FAMILY_HEADS = (
    "Al Bar Bel Bran Cal Cor Dal Der El Fal Fen Gar Gil Hal Har Ist Jan Kal Kes Lan Lor Mar Mel Nor Ol Pel "
    "Quin Ral Ros Sal Sten Tal Tor Ul Van Ver Wil Yar Zel"
).split()
_FAMILY_TAILS = "ander berg by dale ek field gard holm ing ley low mark mont ner rath sen ton vik wick".split()
_FAMILY_MORE = (
    "Nguyễn",
    "Żurek",
    "Ibáñez",
    "O'Rell",
    "de la Vey",
    "Brüning",
    "Çelin",
    "Håkan-Lie",
    "Öz",
    "林",
)

LAST_NAMES = tuple(head + tail for head in _FAMILY_HEADS for tail in _FAMILY_TAILS) + _FAMILY_MORE * 6

STREETS = ("Alder St", "Brook Ave", "Canal Rd", "Depot St", "Ferry Ln", "Grove Way", "Mill Rd", "Orchard Dr")

TREES = tuple(
    (
        "Alder Birch Cedar Dogwood Elder Fir Ginkgo Hazel Ironwood Juniper Katsura Laurel Maple Nutmeg Oak "
        "Poplar Quince Rowan Spruce Tamarack Upas Viburnum Willow Yew Zelkova"
    ).split()
)


def pick(rng: random.Random, among: Sequence[T]) -> T:
    """One of them. Uses only `random()`, whose sequence every Python version keeps."""
    return among[int(rng.random() * len(among))]


@lru_cache(maxsize=4096)
def ascii_name(name: str) -> str:
    """A name as it looks in a user name: lower-case ASCII letters, `x` when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.lower() if c.isalpha()) or "x"
