"""What a person may do inside: viewers change nothing, and what somebody launches bears their own name.

Belongs here: Dagster's mutations, each resolved only for who may. Does not belong here: who it is (`gate.py`).

The rules stand where Dagster carries a mutation out, not where it is asked for: its arguments are read by then, and
aliases, fragments, variables and several operations in one document make no difference any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLField, GraphQLResolveInfo, default_field_resolver

from roster_pipeline.history.record import USER_TAG
from roster_pipeline.ui.gate import visitor

FOR_VIEWERS = frozenset({"logTelemetry", "setNuxSeen"})
"""What the page sends by itself, and changes nothing that anybody sees."""

SAME_BACKFILL = {
    "reexecutePartitionBackfill": lambda args: args["reexecutionParams"]["parentRunId"],
    "resumePartitionBackfill": lambda args: args["backfillId"],
}
"""Mutations whose runs bear the tags of an earlier backfill, and where that one's id stands."""

Resolve = Callable[..., Any]
Tags = Iterable[Mapping[str, str]]


def guard_mutations(mutations: Mapping[str, GraphQLField]) -> None:
    """From now on each of these, the mutations of a schema, asks who it is for."""
    for name, field in mutations.items():
        field.resolve = _guarded(name, field.resolve or default_field_resolver)


def signed(args: Mapping[str, Any], user: str) -> dict[str, Any]:
    """The arguments of a mutation, with `user` as who launches what it launches, whatever they said before."""
    change: dict[str, Callable[[Any], Any]] = {
        "executionParams": lambda params: _signed_execution(params, user),
        "executionParamsList": lambda several: [_signed_execution(params, user) for params in several],
        "reexecutionParams": lambda params: {**params, "extraTags": _signed_tags(params.get("extraTags"), user)},
        "backfillParams": lambda params: {**params, "tags": _signed_tags(params.get("tags"), user)},
    }
    return {k: change[k](v) if k in change and v is not None else v for k, v in args.items()}


def _signed_execution(params: Mapping[str, Any], user: str) -> dict[str, Any]:
    metadata = params.get("executionMetadata") or {}
    return {**params, "executionMetadata": {**metadata, "tags": _signed_tags(metadata.get("tags"), user)}}


def _signed_tags(tags: Tags | None, user: str) -> list[Mapping[str, str]]:
    return [*(tag for tag in tags or () if tag["key"] != USER_TAG), {"key": USER_TAG, "value": user}]


def _guarded(name: str, resolve: Resolve) -> Resolve:
    def guarded(root: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        who = visitor(info.context.source)
        if not who.may_edit and name not in FOR_VIEWERS:
            raise _refused(info, "You may look at everything here and change nothing. Ask an editor to do it.")
        if who.name is None:
            return resolve(root, info, **args)
        if name in SAME_BACKFILL:
            _check_own(info, SAME_BACKFILL[name](args), who.name)
        return resolve(root, info, **signed(args, who.name))

    return guarded


def _check_own(info: GraphQLResolveInfo, backfill_id: str, user: str) -> None:
    """Raises GraphQLError for a backfill that somebody else has launched: its new runs would bear their name."""
    backfill = info.context.instance.get_backfill(backfill_id)
    if backfill is not None and backfill.tags.get(USER_TAG) != user:
        raise _refused(info, "Somebody else has launched that backfill. Launch a new one with its partitions.")


def _refused(info: GraphQLResolveInfo, sentence: str) -> GraphQLError:
    return GraphQLError(sentence, path=info.path.as_list())
