"""`alpgraph build`: the collection as a folder of files."""

from pathlib import Path

import click

from alpgraph.cli.options import FOLDER, find, notes_option, state_option


@click.command(
    epilog="Examples: `alpgraph build site`; `alpgraph build site --base-url "
    "https://example.org/notes`, then `python -m http.server -d site`."
)
@click.argument("out", type=FOLDER)
@click.argument("folder", metavar="[NOTES]", required=False, type=FOLDER)
@notes_option
@state_option
@click.option("--base-url", metavar="URL", help="Public address; feed and sitemap need it.")
@click.option(
    "--base-path", metavar="PATH", help="Let addresses begin with /PATH/; else they are relative."
)
@click.option("--server", metavar="URL", help="alpgraph server that runs are sent to.")
@click.option("--fresh", is_flag=True, help="Make everything anew.")
def build(
    out: Path,
    folder: Path | None,
    notes: Path | None,
    state: Path | None,
    base_url: str | None,
    base_path: str | None,
    server: str | None,
    fresh: bool,
) -> None:
    """Write the site as files for any host; after an edit only what depends on it.

    OUT is a new folder, or one that `build` made. Files that others put into it stay.
    """
    from alpgraph.site import SiteError, build_site

    flags = {"url": _address(base_url, "--base-url"), "run_server": _address(server, "--server")}
    location, config = find(notes or folder, state, flags)
    try:
        built = build_site(
            location, config, out, base=_base(base_path), server=config.run_server, fresh=fresh
        )
    except SiteError as error:
        raise click.UsageError(str(error)) from None
    click.echo(
        f"{out}: {len(built.written)} files written, {built.kept} kept, "
        f"{len(built.removed)} removed",
        err=True,
    )
    if not config.url:
        click.echo("no feed and no sitemap: they need --base-url", err=True)


def _address(url: str | None, option: str) -> str | None:
    from alpgraph.config import web_address

    try:
        return None if url is None else web_address(url)
    except ValueError as error:
        raise click.UsageError(f"{option} is {url!r}; {error}") from None


def _base(path: str | None) -> str:
    """Return the path that addresses begin with, with slashes around; empty for relative ones."""
    if path is None:
        return ""
    if any(not (c.isalnum() or c in "/-._~") for c in path) or ".." in path:
        raise click.UsageError(f"--base-path is {path!r}; it is like /notes/")
    inside = path.strip("/")
    return f"/{inside}/" if inside else "/"
