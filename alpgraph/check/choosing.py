"""Which findings are wanted, and what they are in sum; asks the rules only for their codes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from alpgraph.check.terminal import counted, escape
from alpgraph.diagnostics import Diagnostic, Severity

REPEATED = 5
"""Findings of one code and message that are shown to a person."""
FEW = 30
"""Findings that need no table."""


def chosen(
    findings: Iterable[Diagnostic], *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Diagnostic]:
    """Keep findings whose code begins as `select` says and not as `ignore` says.

    The longer of two matching beginnings wins; `ignore` wins between equal ones.
    Raises ValueError when no code begins so.
    """
    select = [_prefix(text) for text in select] or [""]
    ignore = [_prefix(text) for text in ignore]
    return [one for one in findings if _match(one.code, select) > _match(one.code, ignore)]


def _match(code: str, prefixes: Sequence[str]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


def _prefix(text: str) -> str:
    from alpgraph.check.rules import RULES

    prefix = text.strip().upper()
    if prefix and any(code.startswith(prefix) for code in RULES):
        return prefix
    raise ValueError(f"no code of a finding begins with '{text}'; codes are like ALP101 or ALP1")


def without_repeats(findings: Iterable[Diagnostic]) -> tuple[list[Diagnostic], str]:
    """Keep the first few of the findings that say the same, and tell how many more there are."""
    findings = list(findings)
    counts = Counter((one.code, one.message) for one in findings)
    many = {same for same, count in counts.items() if count > 2 * REPEATED}
    shown = []
    seen: Counter[tuple[str, str]] = Counter()
    for one in findings:
        same = one.code, one.message
        seen[same] += 1
        if same not in many or seen[same] <= REPEATED:
            shown.append(one)
    summary = "".join(
        f"… {code}: {escape(message)}, {count - REPEATED} more times\n"
        for (code, message), count in counts.most_common()
        if (code, message) in many
    )
    more = "`--output-format concise` lists each\n\n" if summary else ""
    return shown, summary + more


def summary_table(findings: Sequence[Diagnostic]) -> str:
    """Say how many findings there are of each code, the most severe first; nothing for a few."""
    if len(findings) <= FEW:
        return ""
    order = list(Severity)
    counts = Counter((one.severity, one.code, one.name) for one in findings)
    rows = sorted(counts.items(), key=lambda row: (order.index(row[0][0]), -row[1], row[0][1]))
    width = len(str(max(counts.values())))
    return "".join(
        f"{count:>{width}} {_noun(weight)}{'' if count == 1 else 's'} {code} {name}\n"
        for (weight, code, name), count in rows
    )


def _noun(weight: Severity) -> str:
    return "hint" if weight is Severity.INFO else weight.value


def summary_line(findings: Sequence[Diagnostic], notes: int) -> str:
    """Say in a line what was found in how many notes.

    >>> summary_line([], 8)
    'no findings in 8 notes'
    """
    counts = Counter(one.severity for one in findings)
    parts = [counted(counts[weight], _noun(weight)) for weight in Severity if counts[weight]]
    mendable = sum(is_mendable(one) for one in findings)
    more = f"; `--fix` mends {mendable} of them" if mendable else ""
    return f"{', '.join(parts) or 'no findings'} in {counted(notes, 'note')}{more}"


def is_mendable(one: Diagnostic) -> bool:
    """Whether `apply_fixes` does something about a finding."""
    return one.fix is not None or is_line_end(one)


def is_line_end(one: Diagnostic) -> bool:
    """Whether a finding is of line ends, which are mended for a whole file."""
    return one.code == "ALP004" and one.message.startswith("lines end in ")
