"""What a terminal is told of syncs, sites, holds and answers: which columns, which sentences.

Belongs here: what each answer looks like. Does not belong here: how a table or a line is printed (`terminal.py`), and
asking.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from roster_pipeline.cli.terminal import Row, print_table, say
from roster_pipeline.history.words import clevers_data, counted


def _site_rows(sites: list[Row]) -> list[Row]:
    own_limits = any(s["own_limits"] for s in sites)
    return [
        {
            "site": s["name"],
            "site_id": s["site_id"],
            "source": "archived" if s["status"] == "archived" else s["enrollment_source"],
            **{k: s[k] for k in ("students", "teachers", "sections", "mapped", "unmapped", "pending_students")},
            "last_attempt": f"{s['last_attempt']} {_at_site(s, s['last_attempt_at'])}"
            if s["last_attempt"]
            else "never",
            "confirmed": f"{_at_site(s, s['confirmed_at'])} by {s['confirmed_by']}" if s["confirmed_at"] else None,
            **({"own_limits": s["own_limits"]} if own_limits else {}),
            "last_synced_at": _last_synced(s),
        }
        for s in sites
    ]


def _at_site(site: Row, moment: datetime) -> str:
    """The UTC moment as clocks at the site show it."""
    return f"{moment.replace(tzinfo=UTC).astimezone(ZoneInfo(site['time_zone'] or 'UTC')):%Y-%m-%d %H:%M %Z}"


def _last_synced(site: Row) -> str:
    if site["status"] == "new" and site["enrollment_source"] == "clever":
        return "waits"
    return _at_site(site, site["last_synced_at"]) if site["last_synced_at"] else "never"


def _print_sites(sites: list[Row]) -> None:
    print_table(_site_rows(sites))
    for site in sites:
        left_out = [(site[f"{kind}_left_out"], kind) for kind in ("students", "teachers", "sections")]
        if any(count for count, _ in left_out):
            listed = ", ".join(f"{count:,} {kind}" for count, kind in left_out)
            say(f"  {site['name']} is manual: what Clever shares of it is left out ({listed})")


def print_sync(row: Row) -> None:
    if _print_done(row):
        _print_that_sites_wait(row)
        say(f"  published: {row['published']}")


def print_started(row: Row) -> None:
    """A sync that was to start sites: which it has, and what Clever shares by now of the others."""
    if not _print_done(row):
        return
    say(f"  published: {row['published']}")
    others = len(row["waiting"]) - len(row["moved"])
    more = f"; {counted(others, 'more site waits', 'more sites wait')}" if others else ""
    if row["started"]:
        say(f"  started: {', '.join(row['started'])}{more}")
    if row["moved"]:
        print_waiting({"district": row["district"], "waiting": row["moved"]})


def _print_done(row: Row) -> bool:
    """What a sync did; whether it did anything at all."""
    if row["failure"]:
        say(f"{row['district']}: {row['failure']}", err=True)
        return False
    if row["error"]:
        what = f"{row['district']}: {row['status']}, the roster is as it was"
        say(f"{what}. {row['error']} (sync {row['sync_id']})", err=True)
        return False
    seconds = (row["finished_at"] - row["started_at"]).total_seconds()
    changed = sum(row[k] for k in ("created", "updated", "archived", "restored"))
    say()
    say(f"{row['district']}: sync {row['sync_id']} {row['status']} in {seconds:.1f} s, {counted(changed, 'change')}")
    say(
        f"  created {row['created']}, updated {row['updated']}, archived {row['archived']}, "
        f"restored {row['restored']}, held {row['held']}, unchanged {row['unchanged']}"
    )
    _print_sites(row["sites"])
    for code, count in sorted(Counter(issue["code"] for issue in row["issues"]).items()):
        say(f"  warning {code}: {count} (`roster details` lists them)")
    for hold in row["holds"]:
        print_hold(hold)
    return True


def print_waiting(row: Row) -> None:
    """What Clever shares of the sites of which nothing is on the roster yet."""
    slug, waiting = row["district"], row["waiting"]
    if not waiting:
        say(f"{slug}: no site waits for confirmation")
        return
    say(f"{slug}: Clever shares this of {_sites_waiting(waiting)}, and nothing of it is on the roster yet")
    names = ("sections", "teachers", "students", "pending", "unmapped", "visible_by", "quarantined", "site_id")
    print_table([{"site": w["name"], **{name: w[name] for name in names}} for w in waiting])
    if moved := [w for w in waiting if w["moved"]]:
        say(f"  Somebody has confirmed other counts of {_sites_waiting(moved)}: Clever shares these now.")
    only = f" --site {waiting[0]['site_id']}" if len(waiting) == 1 else ""
    say(f"  Are these the counts that the school expects? Then `roster start --district {slug}{only} --confirm`.")


def _sites_waiting(waiting: list[Row]) -> str:
    return counted(len(waiting), "site")


def _print_that_sites_wait(row: Row) -> None:
    if waiting := row["waiting"]:
        verb = "waits" if len(waiting) == 1 else "wait"
        say(f"  {_sites_waiting(waiting)} {verb} for confirmation: `roster start --district {row['district']}`")


def print_details(row: Row) -> None:
    for name, none in (("life", "no sync has changed this record"), ("differences", "nothing differs")):
        if name in row:
            say(row["district"] if row[name] else f"{row['district']}: {none}")
            print_table(row[name])
            return
    say(f"{row['district']}: sync {row['sync_id']} {row['status']}")
    say(f"  {row['trigger']}, asked for by {row['requested_by']}, Dagster run {row['dagster_run_id']}")
    say(f"  {row['started_at']:%Y-%m-%d %H:%M:%S} to {row['finished_at']:%H:%M:%S} UTC")
    if row["error"]:
        say(f"  {row['error']}")
    if row["held"]:
        say(f"  {counted(row['held'], 'change')} held: `roster holds` says which, why, and what became of it")
    for line in _undo_lines(row):
        say(f"  {line}")
    for title in ("counts", "changes", "issues"):
        if row.get(title):
            say(f"  {title}:")
            print_table(row[title])


def _undo_lines(row: Row) -> list[str]:
    """What a sync took back, who took it back, and whether it can be taken back."""
    lines = []
    if row["undoes"]:
        lines.append(f"takes back sync {row['undoes']}" + (f": {row['reason']}" if row["reason"] else ""))
    if row["undone_by"]:
        lines.append(f"taken back by sync {row['undone_by']}")
    elif row["can_be_undone"]:
        lines.append(f"can be taken back: `roster undo {row['sync_id']}`")
    elif row["pruned_at"]:
        lines.append(f"cannot be taken back: its changes were forgotten on {row['pruned_at']:%Y-%m-%d}")
    return lines


def print_hold(hold: Row) -> None:
    """A hold, what became of it and who decided so, and its whole message."""
    state = hold["status"]
    if hold["decided_by"]:
        why = f" ({hold['reason']})" if hold["reason"] else ""
        state += f"; decided by {hold['decided_by']}{why}"
    if hold["applied_sync_id"]:
        state += f"; applied by sync {hold['applied_sync_id']}"
    elif hold["cleared_because"]:
        state += f", {hold['cleared_because']}"
    elif hold["expires_at"]:
        state += f"; for the next sync, until {hold['expires_at']:%Y-%m-%d %H:%M} UTC"
    say(f"  hold {hold['hold_id']} {state}")
    if hold["sites"]:
        say(f"    decided at {', '.join(hold['sites'])} alone")
    say(f"    {hold['message']}")
    sites = [p for p in hold["parts"] if p["site_id"]]
    for part in sites if len(sites) > 1 else ():
        where = f"{part['site_id']} ({part['site']})" if part["site"] else part["site_id"]
        of = counted(part["of"], part["role"], "staff" if part["role"] == "staff" else "") if part["role"] else ""
        say(f"      at {where}: {part['changes']:,} of {of or format(part['of'], ',')}")


def print_status(row: Row) -> None:
    last = row["last_sync"]
    say(f"{row['district']}: last sync {last['sync_id']} {last['status']}")
    if last["held"]:
        say(f"  {counted(last['held'], 'change is', 'changes are')} held: `roster holds`")
    if row["clevers_data_at"] or row["clever_says"]:
        say(f"  {clevers_data(row['clevers_data_at'], row['clever_says'])}")
    _print_that_sites_wait(row)
    if row["published_is_behind"]:
        say(f"  older than the truth: `roster publish --district {row['district']}` makes this copy again")
    if row["none_is_fresh"]:
        say("  nothing of it is fresh: no site is confirmed yet, and nothing of any is on the roster")
    if row["left_at"]:
        say(f"  has left: not listed by Clever since {row['left_at']:%Y-%m-%d %H:%M} UTC, and not synced any more")
        say(f"  `roster forget {row['district']}` takes it off")
    if (without := row["lines_that_name_nothing"])["lines"]:
        lines = (
            "1 line of data/*.csv names" if without["lines"] == 1 else f"{without['lines']:,} lines of data/*.csv name"
        )
        say(f"  {lines} nothing that is there; `roster details {without['sync_id']}` lists them")
    if row["stale"]:
        sites = "1 site has" if len(row["stale"]) == 1 else f"{len(row['stale']):,} sites have"
        say(f"  stale: {sites} not succeeded for 26 hours: {', '.join(row['stale'][:5])}")
    _print_sites(row["sites"])


def print_recent(row: Row) -> None:
    names = ("held", "created", "updated", "archived", "restored", "unchanged", "trigger", "requested_by")
    say(row["district"])
    print_table(
        [
            {
                **{name: s[name] for name in ("sync_id", "started_at", "status")},
                "sites": s["site_names"] or "all",
                **{name: s[name] for name in names},
            }
            for s in row["syncs"]
        ]
    )
    for failed in (s for s in row["syncs"] if s["error"]):
        say(f"  {failed['sync_id']} {failed['status']}: {failed['error']}")


def print_plan(row: Row) -> None:
    planned = sum(c["changes"] for c in row["counts"])
    held = sum(c["changes"] for c in row["counts"] if c["held_by"])
    say(f"{row['district']}: {counted(planned, 'change')} planned, {held:,} of them held")
    print_table(row["counts"])
    print_table([{k: c[k] for k in ("entity_id", "action", "entity", "before", "after")} for c in row["changes"]])
    if planned > len(row["changes"]):
        say(f"  {planned - len(row['changes']):,} more: `--limit` lists them")


def print_holds(row: Row) -> None:
    say(f"{row['district']}: {counted(len(row['holds']), 'hold')}")
    for hold in row["holds"]:
        print_hold(hold)
    print_table(row.get("changes", []))


def print_explained(row: Row, *, every: bool = True) -> None:
    """The way of a person or a section, and the sentence at its end; of several that are meant, who they are.

    Without `every`, what is over is only counted.
    """
    if "matches" in row:
        say(f"{row['district']}: {len(row['matches'])} are called so; ask again with the id of one")
        print_table([{k: m[k] for k in ("id", "kind", "label", "by", "status", "site_id")} for m in row["matches"]])
        return
    say(f"{row['district']}: {row['kind']} {row['id']}" + (f", {row['who']}" if row["kind"] == "person" else ""))
    steps = [step for step in row["steps"] if every or not step["over"]]
    now = [place for place in row["sections"] if place["status"] == place["enrollment"] == "active"]
    places = row["sections"] if every else now
    print_table([{name: value for name, value in step.items() if name != "over"} for step in steps])
    same = ("status", "enrollment") if len(now) == len(places) else ()
    print_table([{name: value for name, value in place.items() if name not in same} for place in places])
    changes, ended = len(row["steps"]) - len(steps), len(row["sections"]) - len(places)
    if changes or ended:
        told = [counted(changes, "change")] * bool(changes) + [
            counted(ended, "place in a section", "places in sections")
        ] * bool(ended)
        say(f"  and what is over: {' and '.join(told)}; `--all` lists that too")
    for reason in row["reasons"]:
        say(f"  {reason['code']}: {reason['sentence']}")
    say()
    say(row["sentence"])
