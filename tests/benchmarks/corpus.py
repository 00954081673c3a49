"""Seeded notes of about 500 words with the links, lists, code and formulas real ones have."""

import random
from pathlib import Path

_WORDS = """
model loss reward weight note claim cost label class error sample score policy agent answer
prompt training evidence measure result figure method paper question reader threshold bias
variance gradient data noise limit case example reason effect mechanism signal target value
function layer test rule choice outcome mistake probability calibration confidence decision
small large rare frequent common hidden exact simple strong weak different equal early late
shows learns gives needs moves keeps breaks fits holds follows turns makes says means hurts the
a of in and to is that for with on as by from it this which when where
"""
WORDS = tuple(_WORDS.split())
_TYPES = """
parallels has-instance framed-by leads-to explained-by supported-by contradicts qualified-by
remedied-by extends depends-on tested-by part-of related
"""
TYPES = tuple(_TYPES.split())
TOPICS = tuple(f"topic {word}" for word in WORDS[:40])


def write_notes(folder: Path, size: int, seed: int = 1) -> list[str]:
    """Write `size` notes below `folder` and return their slugs; the same seed gives the same."""
    rng = random.Random(seed)
    slugs = [f"{rng.choice(WORDS)}-{rng.choice(WORDS)}-{number:06}" for number in range(size)]
    folder.mkdir(parents=True, exist_ok=True)
    popular: list[str] = []  # ends of links are chosen by how many they have
    for number, slug in enumerate(slugs):
        near = [slugs[rng.randrange(max(0, number - 50), number + 1)] for _ in range(8)]
        targets = [rng.choice(popular) if popular and rng.random() < 0.4 else one for one in near]
        popular += targets
        (folder / f"{slug}.md").write_text(_note(rng, slug, targets), encoding="utf-8")
    return slugs


def _note(rng: random.Random, slug: str, targets: list[str]) -> str:
    relations = "".join(
        f"  - type: {rng.choice(TYPES)}\n    to: {target}\n    why: {_sentence(rng, 12)}\n"
        for target in dict.fromkeys(targets[:3])
        if target != slug
    )
    head = (
        f"---\ntitle: {_sentence(rng, 7)}\nsummary: {_sentence(rng, 20)}\n"
        f"claim: {_sentence(rng, 12)}\ntopics: [{rng.choice(TOPICS)}, {rng.choice(TOPICS)}]\n"
        f'sources:\n  - arxiv: "{rng.randrange(1000, 2500)}.{rng.randrange(10000, 99999)}"\n'
    )
    links = [f"[[{target}]]" for target in targets[3:6]]
    links += [f"[[{targets[6]}|{_words(rng, 2)}]]", f"[{_words(rng, 2)}]({targets[7]}.md)"]
    parts = [_paragraph(rng, links) for _ in range(4)]
    parts.insert(1, f"## {_sentence(rng, 4)}")
    parts.insert(3, "\n".join(f"- {_sentence(rng, 12)}" for _ in range(4)))
    parts.insert(5, f"## {_sentence(rng, 4)}")
    parts += [_extra(rng)] if rng.random() < 0.3 else []
    return f"{head}relations:\n{relations}---\n\n" + "\n\n".join(parts) + "\n"


def _extra(rng: random.Random) -> str:
    word = rng.choice(WORDS)
    return rng.choice(
        (
            f"```python\n{word} = {rng.random():.3f}  # {_words(rng, 4)}\n```",
            f"| {word} | value |\n|-|-:|\n| {_words(rng, 2)} | {rng.random():.2f} |",
            f"So $x_{{{word[0]}}} = {rng.randrange(9)}$ and `{word}` {_words(rng, 6)}.",
            f"> [!note] {_words(rng, 3)}\n> {_sentence(rng, 14)}",
            f"1. {_sentence(rng, 8)}\n2. {_sentence(rng, 8)}",
        )
    )


def _paragraph(rng: random.Random, links: list[str]) -> str:
    words = [rng.choice(WORDS) for _ in range(95)]
    for place in range(12, 95, 14):
        words[place] += "."
    if links:
        words[40] = links.pop()
    if links and rng.random() < 0.5:
        words[70] = links.pop()
    words[20] = f"*{words[20]}*"
    return " ".join(words).capitalize() + "."


def _sentence(rng: random.Random, count: int) -> str:
    return _words(rng, count).capitalize()


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))
