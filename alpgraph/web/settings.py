"""How one server was started."""

from dataclasses import dataclass

from alpgraph.config import Config, Location

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server needs to know."""

    location: Location
    config: Config
    port: int = 8000
    edit: bool = False
    token: str = ""
    """What a request must show to write files, where `edit` is on."""
    watch: bool = True

    @property
    def hosts(self) -> frozenset[str]:
        """Every value of the Host header that means this server."""
        names = {"127.0.0.1", "localhost", "[::1]"}
        if self.config.host not in ("0.0.0.0", "::"):
            host = self.config.host
            names.add(f"[{host}]" if ":" in host else host)
        ours = {f"{name}:{self.port}" for name in names}
        if self.port == 80:
            ours |= names
        return frozenset(ours | set(self.config.allow_hosts))

    @property
    def may_run(self) -> bool:
        """Whether visitors may launch runs: always at home, elsewhere only when told.

        A server that answers to another host too is not at home: a proxy brings it visitors.
        """
        at_home = self.config.host in LOOPBACK and not self.config.allow_hosts
        return at_home or self.config.allow_runs
