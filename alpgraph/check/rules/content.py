"""ALP301 to ALP308: the body's text. Reading a file finds these; here are their help pages."""

PAGES = {
    "ALP301": """
The note has no body.

## What it does
Reports a note with nothing but spaces below its front matter.

## Why it matters
A reader who walks here finds a title and nothing to read.

## Wrong
```markdown
---
title: Label smoothing and calibration
---
```

## Right
```markdown
---
title: Label smoothing and calibration
---

Smoothing the labels moves confidence away from one …
```

## How to fix
Write what is known and what is not, in a few sentences.
""",
    "ALP302": """
The first heading repeats the title.

## What it does
Reports a heading of level one at the top of the body that says the same as `title:`.

## Why it matters
The page already shows the title above the text; readers would see it twice.

## Wrong
```markdown
---
title: Symmetric loss
---

# Symmetric loss

A symmetric loss …
```

## Right
```markdown
---
title: Symmetric loss
---

A symmetric loss …
```

## How to fix
Remove the heading; `alpgraph check --fix` does.
""",
    "ALP303": """
An image has no alternative text.

## What it does
Reports `![](picture.png)` and embedded images that nothing describes.

## Why it matters
Readers who do not see the image, and search, get nothing from it.

## Wrong
```markdown
![](cost-per-case.png)
```

## Right
```markdown
![Cost per case against the weight: it rises from 10 on](cost-per-case.png)
```

## How to fix
Say in the brackets what the image shows, as you would on the telephone.
""",
    "ALP304": """
A formula cannot be read.

## What it does
Reports text between `$` or `$$` that is not LaTeX mathematics.

## Why it matters
The page shows the source of the formula instead of the formula.

## Wrong
```markdown
the weight $\\frac{w}{1+w$
```

## Right
```markdown
the weight $\\frac{w}{1+w}$
```

## How to fix
Close the braces and correct the command. For a dollar sign that is no formula, write `\\$`.
""",
    "ALP305": """
An identifier of a work is malformed.

## What it does
Compares arXiv numbers, DOIs, ISBNs and addresses in `sources:` with the form they must have. An
ISBN's check digit is computed.

## Why it matters
A link made of it leads nowhere, and no one finds the work again.

## Wrong
```yaml
sources:
  - arxiv: "251107699"
```

## Right
```yaml
sources:
  - arxiv: "2511.07699"
```

## How to fix
Copy the identifier from the work's own page and keep the quotes: without them, `2511.07690`
would lose its last digit in many programs.
""",
    "ALP306": """
Raw HTML in the note is not shown.

## What it does
Reports HTML tags and attributes that are removed when the note becomes a page.

## Why it matters
Notes come from strangers, so scripts, styles, frames and forms are dropped. The reader misses
what they were to show.

## Wrong
```markdown
<iframe src="https://example.org/plot"></iframe>
```

## Right
```markdown
[the plot](https://example.org/plot)
```

## How to fix
Write it in Markdown: a link, an image, a table, a quotation.
""",
    "ALP307": """
The text holds characters that nobody sees.

## What it does
Reports characters without width and characters that turn the direction of writing round.
Joiners, which emoji and several scripts need, are left alone.

## Why it matters
They make text read differently from what it is, and names that look equal differ. In a
contribution from a stranger they can hide what a line says.

## Wrong
```text
sym<U+200B>metric-loss
```

## Right
```text
symmetric-loss
```

## How to fix
Remove the character at the place shown. They often come along when text is copied from a PDF or
a web page. Right-to-left text needs no such characters.
""",
    "ALP308": """
The text is nested too deeply.

## What it does
Reports lists, quotations and brackets nested so deeply that the rest is shown as plain text.

## Why it matters
What lies deeper is not formatted, and its links are not found.

## Wrong
```text
a list inside a list inside a list …, a hundred levels down
```

## Right
```text
a heading for each part, and lists of one or two levels
```

## How to fix
Use headings for the upper levels, or divide the note.
""",
}
"""Help pages by code, as Markdown."""
