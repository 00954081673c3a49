"""ALP011 to ALP017: keys and values. Reading a file finds these; here are their help pages."""

PAGES = {
    "ALP011": """
A relation has a type that the collection does not know.

## What it does
Compares `type:` with the table of relations: their ids, the ids read from the other end, and
the plain words. Upper and lower case, spaces and `_` do not matter.

## Why it matters
The set of types is closed on purpose: free words drift until no two notes mean the same by
them, and then nothing can be followed or counted.

## Wrong
```yaml
relations:
  - type: paralel
    to: symmetric-loss
```

## Right
```yaml
relations:
  - type: parallels
    to: symmetric-loss
```

## How to fix
Use a type of the table; `related` when none fits, with the rest said in `why:`. A collection
adds types of its own in `alpgraph.toml`. Where only one known word is near,
`alpgraph check --fix` writes it.
""",
    "ALP012": """
A key is not known.

## What it does
Reports keys that are neither alpgraph's nor usual in other tools, in the front matter, in a
relation, in a source and in `experiment`.

## Why it matters
A key with a slip in it is read by nobody: the summary that is called `sumary` is missing from
every card.

## Wrong
```yaml
sumary: Weighting a loss by what mistakes cost can make a model worse.
```

## Right
```yaml
summary: Weighting a loss by what mistakes cost can make a model worse.
```

## How to fix
Correct the key, or remove it. `alpgraph check --fix` corrects a slip where only one known key
is near.
""",
    "ALP013": """
A key is missing.

## What it does
Reports a note without claim, sources or summary, a title that nothing stands in for, and
relations, sources or experiments that lack a part. A relation without `type:` or `to:` is an
error, the rest are warnings. Notes written for other tools owe no claim.

## Why it matters
The claim is what can turn out false, the sources are where to look, the summary is what stands
on every card. A relation without a reason is only a line.

## Wrong
```yaml
title: Label smoothing and calibration
```

## Right
```yaml
title: Label smoothing and calibration
summary: Smoothing the labels often helps calibration, and not where classes overlap.
claim: label smoothing improves calibration only where classes are well separated
sources:
  - arxiv: "1906.02629"
```

## How to fix
Add the key. `alpgraph new` writes a note that has them all.
""",
    "ALP014": """
A text is too short or too long.

## What it does
Reports a title above 200 characters, an experiment's `scope` above 300, a claim above 500, a
summary above 600, and a reason that does not have 20 to 500.

## Why it matters
Titles, claims and summaries stand on cards, reasons beside a line. Too long, they are cut off;
a reason of two words says less than the type already does.

## Wrong
```yaml
why: see there
```

## Right
```yaml
why: In both, one number has to say two things, and the easier half crowds out the other.
```

## How to fix
Say it in one sentence, and the rest in the body.
""",
    "ALP015": """
A key is written twice.

## What it does
Reports the second of two equal keys in one mapping.

## Why it matters
Only the last one counts, and other programs take the first: the note reads differently
depending on who reads it.

## Wrong
```yaml
title: Calibration
title: Calibration in practice
```

## Right
```yaml
title: Calibration in practice
```

## How to fix
Remove one of them. Two lists under the same key are made one list.
""",
    "ALP016": """
A value is of the wrong kind.

## What it does
Reports a list or a mapping where a text is meant, a text where a list of mappings is meant, and
words outside a fixed set, such as `basis: papers`.

## Why it matters
The value cannot be used and is left out. The rest of the note is read all the same. An
experiment's `scope:` says what its run tests where that is not the claim; one that cannot be
read still keeps the verdict from the claim.

## Wrong
```yaml
title: [Calibration, in practice]
```

## Right
```yaml
title: Calibration, in practice
```

## How to fix
Write the value as the hint shows. Dates and numbers need no quotes; they are read as texts.
""",
    "ALP017": """
A limit is passed.

## What it does
Reports front matter above 64 kB or nested deeper than 20 levels, a note above 1,000 relations
or 20,000 links, and a note too large to be rendered. What lies beyond the limit is left out.

## Why it matters
Notes come from strangers; a limit keeps one file from stopping the whole collection.

## Wrong
```text
a 2 MB table of results as one note
```

## Right
```text
a note that says what the table shows, and a link to the table
```

## How to fix
Divide the note, or put data into a file beside it and link to that.
""",
}
"""Help pages by code, as Markdown."""
