"""Pages as a client must survive them: each function changes the body of a list.

Belongs here: bad paging. Does not belong here: bad records (`hostile`), bad HTTP (`table`). A function
that returns None leaves the page alone.
"""

from __future__ import annotations

from clever_sandbox.district.tables import KINDS, Json
from clever_sandbox.faults.calls import Call, kind_of


def _link(body: Json, rel: str) -> str | None:
    return next((link["uri"] for link in body["links"] if link["rel"] == rel), None)


def _set_next(call: Call, body: Json, starting_after: str | None) -> Json:
    """The body with a `next` that starts after an id, or with none."""
    body["links"] = [link for link in body["links"] if link["rel"] != "next"]
    if starting_after is not None:
        url = call.request.url.remove_query_params("ending_before")
        url = url.include_query_params(starting_after=starting_after)
        body["links"].append({"rel": "next", "uri": f"{url.path}?{url.query}"})
    return body


def _last_id(call: Call, body: Json) -> str:
    ids: list[str] = [element["data"]["id"] for element in body["data"]]
    return max(ids) if ids else call.request.query_params.get("starting_after", "0" * 24)


def endless_next(call: Call, body: Json) -> Json | None:
    """Every last page leads to another, empty one, under an address that was never there before."""
    if _link(body, "next"):
        return None
    return _set_next(call, body, f"{int(_last_id(call, body), 16) + 1:024x}")


def repeating_next(call: Call, body: Json) -> Json | None:
    """A page whose `next` is its own address."""
    if not body["data"]:
        return None
    body = _set_next(call, body, None)
    body["links"].append({"rel": "next", "uri": _link(body, "self")})
    return body


def circular_next(call: Call, body: Json) -> Json | None:
    """The last page leads back to the first."""
    return None if _link(body, "next") else _set_next(call, body, "0" * 24)


def empty_last_page(call: Call, body: Json) -> Json | None:
    """The last page has a `next` all the same; behind it there is nothing."""
    if _link(body, "next") or not body["data"]:
        return None
    return _set_next(call, body, _last_id(call, body))


def early_end(call: Call, body: Json) -> Json:
    """Half of a page is missing and so is `next`; count knows better."""
    body["data"] = body["data"][: len(body["data"]) // 2]
    return _set_next(call, body, None)


def duplicate_id(call: Call, body: Json) -> Json | None:
    """The last record of a page comes again as the first of the next; a list of one page gets a second."""
    before = call.request.query_params.get("starting_after", "")
    kind = kind_of(call)
    again = next((d.tables[k].get(before) for k in KINDS if k == kind and (d := call.district)), None)
    if again is None:
        return empty_last_page(call, body)
    body["data"].insert(0, {"data": again.data(), "uri": f"/{call.segments[0]}/{kind}/{before}"})
    return body


def out_of_order(_call: Call, body: Json) -> Json:
    """The records of a page backwards; `next` still leads on from the greatest id."""
    body["data"].reverse()
    return body


def empty(call: Call, body: Json) -> Json | None:
    """A list without records, and a count of none."""
    if "count" in body:
        return body | {"count": 0}
    if not isinstance(body["data"], list):
        return None
    return _set_next(call, body | {"data": []}, None)
