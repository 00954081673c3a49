"""Which notes hang together, over links of any kind and direction."""

from collections.abc import Iterable

Groups = list[list[str]]
"""Notes that hang together; one that is joined to no other is a group of its own."""


def groups_of(slugs: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Groups:
    """Return the groups of notes of which `pairs` are joined, in order of their first notes.

    >>> groups_of("abcd", [("a", "c"), ("d", "d")])
    [['a', 'c'], ['b'], ['d']]
    """
    group_of = {slug: [slug] for slug in slugs}
    for a, b in pairs:
        one, other = group_of[a], group_of[b]
        if one is not other:
            small, large = sorted((one, other), key=len)
            large += small  # so that no note moves more often than the logarithm of their number
            group_of.update(dict.fromkeys(small, large))
    distinct = {id(group): group for group in group_of.values()}
    return [sorted(group) for group in distinct.values()]
