"""The command line: a person's words become one call into a room, printed, and an exit code.

Commands are listed here by name and imported only when asked for, so that `--help` is quick.
Exit codes: 0 done, 1 findings or a failed run, 2 wrong use, 101 our own fault, 130 interrupted.
"""

import io
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from alpgraph import __version__

# name -> (module below alpgraph.cli, what it does)
COMMANDS = {
    "serve": ("serving", "Serve a folder of notes with live reload (the default command)."),
    "check": ("checking", "Find faults in notes and point at them."),
    "explain": ("checking", "Say what a finding means, or what each line of a note became."),
    "new": ("drafting", "Write a valid note, or an experiment."),
    "rename": ("renaming", "Give a note another name; links to it follow."),
    "propose": ("proposing", "Branch, commit, push, and give the pull-request address."),
    "diff": ("proposing", "Say what a change does to the graph."),
    "fmt": ("writing", "Tidy notes without losing a comment."),
    "import": ("writing", "Write another tool's typed links as native relations."),
    "schema": ("writing", "Print the JSON Schema that editors complete from."),
    "init": ("starting", "Write starter files for a collection, a forge, an editor."),
    "run": ("running", "Run an experiment in the terminal."),
    "verify": ("verifying", "Re-run stored reference results on fresh seeds."),
    "build": ("building", "Write the site as files for any host."),
    "export": ("asking", "Print the graph in another format."),
    "search": ("asking", "Search the notes."),
    "path": ("asking", "Tell how two notes are related."),
    "stats": ("asking", "Count and weigh the collection."),
    "layout": ("asking", "Lay out the map of the network."),
    "mcp": ("agents", "Answer agents over the Model Context Protocol (extra `mcp`)."),
    "lsp": ("agents", "Serve editors over the Language Server Protocol (extra `lsp`)."),
}


class LazyGroup(click.Group):
    """A group whose commands live in modules that are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command `cmd_name`."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"alpgraph.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("import", "import_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest ones."""
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 2)
            hint = f" Did you mean {' or '.join(near)}?" if near else " See `alpgraph --help`."
            ctx.fail(f"There is no command or folder {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take `serve` as the command when none is named."""
        own = {"--help", "--version", "-h"}
        if not args or (args[0] not in COMMANDS and args[0] not in own and _means_serve(args[0])):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


def _means_serve(word: str) -> bool:
    """Whether a first word that is no command is a folder or an option of `serve`."""
    return word.startswith("-") or Path(word).is_dir()


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    """Print the version and how many notes are bundled."""
    if not value or ctx.resilient_parsing:
        return
    from alpgraph.resources import resource_dir

    count = sum(1 for _ in resource_dir("notes").rglob("*.md"))
    click.echo(f"alpgraph {__version__} ({count} bundled notes)")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Examples: `alpgraph` serves ./notes or the bundled collection; "
    "`alpgraph check notes/` points at faults.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and leave.",
)
def cli() -> None:
    """Notes whose links carry meaning: walk them, check them, run the evidence behind them."""


def _prepare_output() -> None:
    """Let any text be written: as UTF-8 to files and pipes, with `?` where a terminal lacks it."""
    # whoever closed a stream wants nothing written, least of all into the next file opened
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 open to the end
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _refusal(error: Exception) -> str:
    """Say what a configuration lacks or the system refuses, without the system's number for it."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"'{error.filename}': {error.strerror}" if error.filename else error.strerror


def main() -> None:
    """Run the command line and exit; our own faults end with 101, never with a raw traceback."""
    _prepare_output()
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from alpgraph.config import ConfigError

        if isinstance(error, (ConfigError, OSError)):
            click.echo(f"error: {_refusal(error)}", err=True)
            sys.exit(2)
        if os.environ.get("ALPGRAPH_DEBUG"):
            raise
        click.echo(
            f"alpgraph failed by its own fault: {type(error).__name__}: {error}\n"
            "hint: run again with ALPGRAPH_DEBUG=1 to see where, and report it, please",
            err=True,
        )
        sys.exit(101)
    sys.exit(code if isinstance(code, int) else 0)
