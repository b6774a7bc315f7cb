"""The feed of events as a client must survive it: each function changes a page of it.

Belongs here: bad feeds. Does not belong here: what is written into the feed (`district.events`).
"""

from __future__ import annotations

from datetime import datetime

from clever_sandbox.district.tables import Json
from clever_sandbox.faults.calls import Call

_HOUR = 3600.0
_EVERY = 5
KEPT = ("id", "district")


def silent(_call: Call, body: Json) -> Json:
    """No events, which is what a quiet feed looks like too."""
    body["data"], body["links"] = [], [link for link in body["links"] if link["rel"] == "self"]
    return body


def repeated(_call: Call, body: Json) -> Json:
    """Every event of a page twice, the whole page after the other."""
    body["data"] = [*body["data"], *body["data"]]
    return body


def out_of_order(_call: Call, body: Json) -> Json:
    """Neighbours change places; `next` still leads on from the greatest id."""
    events = body["data"]
    body["data"] = [event for at in range(0, len(events), 2) for event in reversed(events[at : at + 2])]
    return body


def dropped(_call: Call, body: Json) -> Json:
    """One event in five is missing for ever."""
    body["data"] = [event for event in body["data"] if not _struck(event)]
    return body


def late(call: Call, body: Json) -> Json:
    """One event in five turns up an hour after the others, among those that were read already."""
    body["data"] = [event for event in body["data"] if not _struck(event) or _age(call, event) >= _HOUR]
    return body


def reduced(_call: Call, body: Json) -> Json:
    """Less may be seen of people: all but two fields stand among what was there before."""
    for element in body["data"]:
        event = element["data"]
        if event["type"] == "users.updated":
            data = event["data"]["object"]
            event["data"] = {
                "object": {name: data[name] for name in KEPT},
                "previous_attributes": {name: value for name, value in data.items() if name not in KEPT},
            }
    return body


def _struck(element: Json) -> bool:
    return int(element["data"]["id"], 16) % _EVERY == 0


def _age(call: Call, element: Json) -> float:
    return call.now - datetime.fromisoformat(element["data"]["created"]).timestamp()
