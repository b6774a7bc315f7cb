"""A dry run of the rules: what each of them takes today, and what it would have taken of last year's sections.

Belongs here: running the rules on sections of the roster, and counting. Does not belong here: mapping anything. Clever
does not share next term's sections before they start, so rules are rehearsed on those that ended.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from roster_pipeline.mapping.load import load_rules
from roster_pipeline.warehouse.sql import make, run

Row = dict[str, Any]

_COUNTED = ("takes", "decides", "same", "others", "none", "people", "overruled")


def rehearse(connection: duckdb.DuckDBPyConnection, data: Path, district: str) -> Row:
    """Of today's and of last year's sections: `rules`, with what each takes, and `fights` between two of them.

    Raises InputError for a mistake in the files.
    """
    load_rules(connection, data, district)
    return {"today": _on(connection, ended=False), "last_year": _on(connection, ended=True)}


def listed_rules(part: Row) -> list[Row]:
    """The rules of one half of a dry run as the rows of a table, with their state."""
    return [
        {
            "rule_id": rule["rule_id"],
            "state": "off" if not rule["active"] else "takes nothing" if not rule["takes"] else "on",
            **{name: rule[name] for name in (*_COUNTED, "courses", "priority")},
            "sites": [f"{site['site_id']} {site['sections']}" for site in rule["sites"]],
        }
        for rule in part["rules"]
    ]


def _on(connection: duckdb.DuckDBPyConnection, *, ended: bool) -> Row:
    make(connection, "mapping/rehearsed_sections", ended=ended)
    make(connection, "mapping/rule_matches")
    return {
        "rules": _rows(run(connection, "mapping/rehearsal", ended=ended)),
        "fights": _rows(run(connection, "mapping/fights")),
    }


def _rows(result: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
