"""Addresses of a forge: where a file is edited, shown, begun, and a pull request opened."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

ADDRESS_LIMIT = 8_000
"""Bytes of a prefilled address; servers answer 414 a little above (github/docs #4537)."""

# kind -> action -> pattern; {repo} is the repository's address
_PATTERNS = {
    "github": {
        "edit": "{repo}/edit/{branch}/{path}",
        "history": "{repo}/commits/{branch}/{path}",
        "new": "{repo}/new/{branch}?{query}",
        "compare": "{repo}/compare/{branch}...{head}?expand=1",
        "revision": "{repo}/commit/{revision}",
    },
    "forgejo": {
        "edit": "{repo}/_edit/{branch}/{path}",
        "history": "{repo}/commits/branch/{branch}/{path}",
        "new": "{repo}/_new/{branch}?{query}",
        "compare": "{repo}/compare/{branch}...{head}",
        "revision": "{repo}/commit/{revision}",
    },
    "gitlab": {
        "edit": "{repo}/-/edit/{branch}/{path}",
        "history": "{repo}/-/commits/{branch}/{path}",
        "new": "{repo}/-/new/{branch}?{query}",
        "compare": "{repo}/-/merge_requests/new?merge_request%5Bsource_branch%5D={head}"
        "&merge_request%5Btarget_branch%5D={branch}",
        "revision": "{repo}/-/commit/{revision}",
    },
}
_PATTERNS["gitea"] = _PATTERNS["forgejo"]
_HOSTS = {"github": "github", "gitlab": "gitlab", "codeberg": "forgejo", "gitea": "gitea",
          "forgejo": "forgejo"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forge:
    """One repository on a forge whose addresses are known."""

    kind: str
    repository: str
    """Web address without a slash at the end."""
    branch: str = "main"
    notes_path: str = "notes"

    def edit_url(self, path: str) -> str:
        """Address of the form that edits the note at `path` below the notes folder."""
        return self._fill("edit", path=self._path(path))

    def history_url(self, path: str) -> str:
        """Address of the note's history."""
        return self._fill("history", path=self._path(path))

    def new_url(self, path: str, text: str) -> str | None:
        """Address of a prefilled form for a new note; None when it would be too long."""
        name, value = {
            "gitlab": ("file_name", "content"),
        }.get(self.kind, ("filename", "value"))
        url = self._fill("new", query=urlencode({name: self._full(path), value: text}))
        return url if len(url.encode()) <= ADDRESS_LIMIT else None

    def blank_url(self, path: str) -> str:
        """Address of an empty form for a new note, for a text that must be pasted."""
        name = "file_name" if self.kind == "gitlab" else "filename"
        return self._fill("new", query=urlencode({name: self._full(path)}))

    def compare_url(self, branch: str, owner: str = "") -> str:
        """Address that opens a pull request from `branch`, of `owner`'s fork when given."""
        head = quote(branch, safe="/")
        if owner and self.kind != "gitlab":
            head = f"{quote(owner, safe='')}:{head}"
        return self._fill("compare", head=head)

    @property
    def name(self) -> str:
        """What people call this kind of forge."""
        return {"github": "GitHub", "gitlab": "GitLab"}.get(self.kind, self.kind.capitalize())

    @property
    def owner(self) -> str:
        """First part of the repository's path."""
        return urlsplit(self.repository).path.strip("/").split("/")[0]

    def _full(self, path: str) -> str:
        return f"{self.notes_path.strip('/')}/{path}".lstrip("/")

    def _path(self, path: str) -> str:
        return quote(self._full(path), safe="/")

    def _fill(self, action: str, **values: str) -> str:
        return _PATTERNS[self.kind][action].format(
            repo=self.repository, branch=quote(self.branch, safe="/"), **values
        )


def web_address(remote: str) -> str | None:
    """Return the web address of a git remote; None for a local path, or what is no address.

    >>> web_address("git@github.com:owner/notes.git")
    'https://github.com/owner/notes'
    >>> web_address("/srv/notes.git")
    """
    text = remote.strip()
    short = re.fullmatch(r"(?:[\w.-]+@)?([\w.-]+\.[\w.-]+):(?!//)(.+)", text)
    if short:
        host, path = short[1], short[2]
    else:
        try:
            parts = urlsplit(text)
            number = parts.port
        except ValueError:  # no number, or half a bracket
            return None
        if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
            return None
        port = f":{number}" if number and parts.scheme in ("http", "https") else ""
        host, path = parts.hostname + port, parts.path
    path = path.strip("/").removesuffix(".git")
    return f"https://{host}/{path}" if path else None


def find_forge(
    address: str, *, kind: str = "", branch: str = "main", notes_path: str = "notes"
) -> Forge | None:
    """Return the forge of a repository's address, or None when its kind is not known.

    >>> find_forge("git@codeberg.org:me/notes.git").kind
    'forgejo'
    """
    web = web_address(address)
    if web is None:
        return None
    host = urlsplit(web).hostname or ""
    kind_found = kind or next((value for word, value in _HOSTS.items() if word in host), "")
    if kind_found not in _PATTERNS:
        return None
    return Forge(kind_found, web, branch, notes_path)
