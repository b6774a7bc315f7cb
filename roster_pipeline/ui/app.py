"""The app: a gate, and behind it Dagster's own webserver.

Belongs here: putting the two together. Does not belong here: a port, a process (`serve.py`), and any rule.
"""

from __future__ import annotations

from typing import Any

from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Mount

from roster_pipeline.ui.gate import Gate, Refusal, visitor
from roster_pipeline.ui.permissions import guard_mutations
from roster_pipeline.ui.settings import Access

_POLL_MILLISECONDS = 2000
"""How often an open page asks for what is new: Dagster's own default."""


class GuardedWebserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """Dagster's webserver, for visitors who came in by the gate."""

    def build_graphql_schema(self) -> Any:
        schema = super().build_graphql_schema()
        guard_mutations(schema.graphql_schema.mutation_type.fields)
        return schema

    def _make_request_context(self, conn: HTTPConnection) -> WorkspaceRequestContext:
        """For a viewer, one in which Dagster's pages grey out what they may not do."""
        context = self._process_context.create_request_context(conn)
        if visitor(conn).may_edit:
            return context
        return WorkspaceRequestContext(
            instance=context.instance,
            current_workspace=context.get_current_workspace(),
            process_context=context.process_context,
            version=context.version,
            source=conn,
            read_only=True,
        )

    async def graphql_http_endpoint(self, request: Request) -> Response:
        """A GET shows the page on which questions are typed, and carries out none: links and images can send it."""
        refusal = None
        if request.method != "POST":
            if "text/html" not in request.headers.get("Accept", ""):
                refusal = Refusal(405, "A question in an address is not answered", do="POST it as JSON")
        elif not await _is_one_question(request):
            refusal = Refusal(400, "The body is not one question", do='POST one JSON object with a "query" in it')
        return refusal.response(request.scope) if refusal else await super().graphql_http_endpoint(request)


async def _is_one_question(request: Request) -> bool:
    try:
        body = await request.json()
    except ValueError:
        return False
    return isinstance(body, dict) and isinstance(body.get("query"), str)


def create_app(context: WorkspaceProcessContext, access: Access) -> Starlette:
    """What is served: everything of Dagster's, behind the gate."""
    dagster = GuardedWebserver(context, live_data_poll_rate=_POLL_MILLISECONDS).create_asgi_app()
    return Starlette(routes=[Mount("/", app=dagster)], middleware=[Middleware(Gate, access=access)])
