"""`roster`: the same jobs from a terminal, and the questions people ask most.

Belongs here: the list of commands, and how every one of them ends: an error in words, an exit code. Does not belong
here: any command (the modules beside this one) and any rule about rosters. Whatever is slow to import is imported
by the command that needs it.
"""

from __future__ import annotations

import io
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from roster_pipeline.cli.answers import details, holds, recent, status
from roster_pipeline.cli.backup import backup
from roster_pipeline.cli.decisions import approve, forget_for_good, reject, undo_sync
from roster_pipeline.cli.doctor import doctor
from roster_pipeline.cli.erase import erase
from roster_pipeline.cli.explain import explain_one
from roster_pipeline.cli.local_clever import sandbox
from roster_pipeline.cli.mapping import mapping
from roster_pipeline.cli.mapping_in_bulk import accept, refuse_carried
from roster_pipeline.cli.mapping_sheet import export, import_file
from roster_pipeline.cli.notices import notify_now
from roster_pipeline.cli.overrides import override
from roster_pipeline.cli.pending import pending_now
from roster_pipeline.cli.sharing import sharing_now
from roster_pipeline.cli.start import end, start
from roster_pipeline.cli.syncs import publish_again, show_plan, sync_now
from roster_pipeline.cli.terminal import prepare_streams, print_json, say
from roster_pipeline.cli.ui import run_daemon, serve_ui
from roster_pipeline.config import PROJECT_ROOT
from roster_pipeline.errors import RosterError

for _command in (accept, refuse_carried, export, import_file):
    mapping.add_command(_command)


class _Commands(click.Group):
    """Ends every command in words: one line on standard error and, with --json, one document on standard output."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> NoReturn:
        arguments = sys.argv[1:] if args is None else list(args)
        as_json = "--json" in arguments
        prepare_streams()
        try:
            ended = super().main(arguments, *more, **{**named, "standalone_mode": False})
        except click.ClickException as error:
            text = io.StringIO()
            if isinstance(error, click.UsageError) and error.ctx:
                error.ctx.color = True  # else click takes escape sequences out of the text, and nobody sees them
            error.show(text)
            _fail(text.getvalue(), error.format_message(), error.exit_code, as_json)
        except click.Abort:  # Ctrl-C and SIGTERM; a sync tells of its own
            _fail("roster: interrupted", "interrupted", 130, as_json)
        except RosterError as error:
            _fail(f"roster: {error}", str(error), error.exit_code, as_json)
        except Exception as error:
            said = _sentence(error)
            _fail(f"roster: {said}", said, 1, as_json)
        sys.exit(ended or 0)


@click.group(
    cls=_Commands,
    commands=[
        sync_now,
        start,
        publish_again,
        status,
        recent,
        details,
        explain_one,
        pending_now,
        sharing_now,
        show_plan,
        mapping,
        override,
        holds,
        approve,
        reject,
        undo_sync,
        end,
        erase,
        forget_for_good,
        notify_now,
        doctor,
        backup,
        serve_ui,
        run_daemon,
        sandbox,
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="roster-pipeline", prog_name="roster")
def main() -> None:
    """Take Clever's people and classes over into the platform's roster, and say what happened."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: told in one line, and recorded


def _fail(text: str, error: str, exit_code: int, as_json: bool) -> NoReturn:
    for line in text.rstrip("\n").split("\n"):
        say(line, err=True)
    if as_json:
        print_json({"error": error, "exit_code": exit_code})
    sys.exit(exit_code)


def _sentence(error: Exception) -> str:
    """An error that is none of ours: a file that cannot be used, or a bug, told without values that may name people."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}. Mend that, then run the command again."
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(PROJECT_ROOT))]
    place = f" in {ours[-1].filename.removeprefix(f'{PROJECT_ROOT}/')}, line {ours[-1].lineno}" if ours else ""
    return f"Unexpected {type(error).__name__}{place}. That is a mistake in this program: report it with this line."
