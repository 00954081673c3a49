"""`alpgraph init`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from alpgraph.authoring import Forge


@click.command(
    epilog="Examples: `alpgraph init` in an empty folder; `alpgraph init --github --vscode`."
)
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--github", is_flag=True, help="Workflows, templates and CONTRIBUTING for GitHub.")
@click.option("--forgejo", is_flag=True, help="The same for Forgejo and Gitea.")
@click.option("--gitlab", is_flag=True, help="The same for GitLab.")
@click.option("--vscode", is_flag=True, help="Tasks that show findings in the editor.")
@click.option("--pre-commit", is_flag=True, help="A hook that checks before each commit.")
@click.option("--title", help="Name of the collection; the folder's name unless told.")
def init(
    folder: Path,
    github: bool,
    forgejo: bool,
    gitlab: bool,
    vscode: bool,
    pre_commit: bool,
    title: str | None,
) -> int:
    """Write starter files: two notes and a configuration, and what reviews need on a forge.

    Nothing that exists is changed.
    """
    from alpgraph.authoring import starter_files, write_starters

    options = {
        "collection": not (folder / "notes").is_dir(),
        "github": github,
        "forgejo": forgejo,
        "gitlab": gitlab,
        "vscode": vscode,
        "pre-commit": pre_commit,
    }
    forge = _forge_of(folder)
    files = starter_files(
        [kind for kind, chosen in options.items() if chosen],
        title=title or folder.resolve().name or "My notes",
        repository=forge.repository if forge else "",
    )
    folder.mkdir(parents=True, exist_ok=True)
    written, existing = write_starters(folder, files)
    for path in written:
        click.echo(path)
    for path in existing:
        click.echo(f"{path} was there and stays as it is", err=True)
    if not files:
        hint = "nothing to write: there is a notes folder; see --github, --vscode and the others"
        raise click.UsageError(hint)
    click.echo("next: `alpgraph` serves the notes, `alpgraph new` adds one", err=True)
    return 0


def _forge_of(folder: Path) -> "Forge | None":
    """Return the forge of the folder's first remote, when it has one that is known."""
    from alpgraph.authoring import find_forge
    from alpgraph.history import remotes

    addresses = remotes(folder) if folder.is_dir() else {}
    named = [addresses[name] for name in ("upstream", "origin") if name in addresses]
    return next(
        (forge for url in [*named, *addresses.values()] if (forge := find_forge(url))), None
    )
