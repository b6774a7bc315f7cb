"""`roster notify`, and what other commands say of notices.

Belongs here: arguments, and the lines about the webhook. Does not belong here: what is announced (`notices/`).
"""

from __future__ import annotations

import sys
from datetime import datetime

import click

from roster_pipeline.cli.common import JSON
from roster_pipeline.cli.terminal import Row, print_json, say
from roster_pipeline.config import Settings, usable_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.history.words import counted


@click.command("notify")
@click.option("--test", "is_test", is_flag=True, help="Send one message now that says it is a test, and nothing else.")
@JSON
def notify_now(is_test: bool, as_json: bool) -> None:
    """Announce what failed, is held or stale, and what is over, to ROSTER_NOTIFY_URL, once; as the sensor does.

    Exit 0 done, 1 when the webhook did not take it.
    """
    from roster_pipeline.notices.notify import notify, send_test
    from roster_pipeline.notices.webhook import Webhook
    from roster_pipeline.sync import utc_now
    from roster_pipeline.warehouse.warehouse import Warehouse

    settings = usable_settings()
    if settings.notify_wrong is not None:
        raise settings.notify_wrong
    if settings.notify_url is None:
        raise RosterError("No ROSTER_NOTIFY_URL is set", do="Set it to the address of a webhook, such as Slack's")
    warehouse, webhook = Warehouse(settings.warehouse), Webhook(settings.notify_url)
    if is_test:
        done: Row = {"host": webhook.host, "sent": 0, "why": send_test(warehouse, webhook, utc_now())}
        said = f"{webhook.host} took the test"
    else:
        told = notify(warehouse, webhook, utc_now())
        done = {"host": webhook.host, "sent": told.sent, "standing": told.standing, "why": told.why}
        said = f"{counted(told.sent, 'notice')} went to {webhook.host}; {told.standing:,} stand"
    if done["why"]:
        what = "The test did not get through:" if is_test else f"{counted(done['sent'], 'notice')} got through, then"
        do = "Mend that, or set another ROSTER_NOTIFY_URL; what was to be said is tried again the next time"
        raise RosterError(f"{what} {done['why']}", do=do)
    if as_json:
        print_json(done)
    else:
        say(said)
    sys.exit(0)


def notices_now(settings: Settings) -> Row:
    """Where notices go, how many stand announced, the last delivery that got through and the last that did not."""
    from roster_pipeline.notices.book import read_book
    from roster_pipeline.notices.webhook import Webhook
    from roster_pipeline.warehouse.warehouse import Warehouse

    wrong = settings.notify_wrong
    found: Row = {"host": Webhook(settings.notify_url).host if settings.notify_url else None}
    try:
        book = read_book(Warehouse(settings.warehouse))
    except RosterError as error:
        return {**found, "announced": None, "sent": None, "failed": None, "broken": True, "wrong": str(wrong or error)}
    return {
        **found,
        "announced": len(book.announced),
        "sent": {"at": book.sent.at, "host": book.sent.host} if book.sent else None,
        "failed": {"at": book.failed.at, "host": book.failed.host, "why": book.failed.why} if book.failed else None,
        "broken": book.is_broken,
        "wrong": str(wrong) if wrong else None,
    }


def notices_sentence(notices: Row) -> str | None:
    """How notices fare, in one line; None when nobody has asked for any."""
    sent, failed = notices["sent"], notices["failed"]
    if notices["wrong"]:
        return str(notices["wrong"])
    if not notices["host"]:
        return None
    parts = [f"the last got through to {sent['host']} {_when(sent['at'])}" if sent else "none got through yet"]
    if failed:
        again = "; the sensor `notices` tries again" if notices["broken"] else ""
        parts.append(f"the last failure was {_when(failed['at'])}: {failed['why']}{again}")
    return "; ".join(parts)


def print_notices(beside: Row) -> None:
    sentence = notices_sentence(beside["notices"])
    if sentence:
        say(f"notices: {sentence}")


def _when(at: datetime) -> str:
    return f"on {at:%Y-%m-%d %H:%M} UTC"
