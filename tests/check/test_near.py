"""Which note was probably meant: the same answers however many names are asked about."""

import pytest

from alpgraph.check import near

WORDS = ["loss", "reward", "label", "signal", "weight", "claim", "error", "cost", "policy"]
TITLES = {f"{one}-{other}": f"The {other} of {one}" for one in WORDS for other in WORDS}
ASKED = [slug[:3] + slug[4:] for slug in TITLES]


def test_few_and_many_names_get_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    names = near.Names(TITLES)
    answers = [names.near(one) for one in ASKED]
    assert all(answers)
    monkeypatch.setattr(near, "MAX_SCANNED", 0)
    others = near.Names(
        TITLES | {"zzz": "Zzz"}
    )  # an index of its own, made for many from the start
    assert [others.near(one) for one in ASKED] == answers


def test_a_new_title_is_found_and_an_old_one_is_not() -> None:
    assert near.Names({"a": "One thing"}).same("one-thing") == "a"
    names = near.Names({"a": "Another thing"})
    assert (names.same("one-thing"), names.same("another thing")) == ("", "a")
