"""Which findings are wanted, and what they are in sum; asks the rules only for their codes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from alpgraph.check.terminal import counted
from alpgraph.diagnostics import Diagnostic, Severity


def chosen(
    found: Iterable[Diagnostic], *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Diagnostic]:
    """Keep findings whose code begins as `select` says and not as `ignore` says.

    The longer of two matching beginnings wins; `ignore` wins between equal ones.
    Raises ValueError when no code begins so.
    """
    select = [_prefix(text) for text in select] or [""]
    ignore = [_prefix(text) for text in ignore]
    return [one for one in found if _match(one.code, select) > _match(one.code, ignore)]


def _match(code: str, prefixes: Sequence[str]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


def _prefix(text: str) -> str:
    from alpgraph.check.rules import RULES

    prefix = text.strip().upper()
    if prefix and any(code.startswith(prefix) for code in RULES):
        return prefix
    raise ValueError(f"no code of a finding begins with '{text}'; codes are like ALP101 or ALP1")


def summary_line(found: Sequence[Diagnostic], notes: int) -> str:
    """Say in a line what was found in how many notes.

    >>> summary_line([], 8)
    'no findings in 8 notes'
    """
    counts = Counter(one.severity for one in found)
    said = [
        counted(counts[weight], "hint" if weight is Severity.INFO else weight.value)
        for weight in Severity
        if counts[weight]
    ]
    mendable = sum(is_mendable(one) for one in found)
    more = f"; `--fix` mends {mendable} of them" if mendable else ""
    return f"{', '.join(said) or 'no findings'} in {counted(notes, 'note')}{more}"


def is_mendable(one: Diagnostic) -> bool:
    """Whether `apply_fixes` does something about a finding."""
    return one.fix is not None or is_line_end(one)


def is_line_end(one: Diagnostic) -> bool:
    """Whether a finding is of line ends, which are mended for a whole file."""
    return one.code == "ALP004" and one.message.startswith("lines end in ")
