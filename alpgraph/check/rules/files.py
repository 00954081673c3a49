"""ALP001 to ALP005: files as such. Reading them finds these; here are their help pages."""

PAGES = {
    "ALP001": """
The file has no front matter.

## What it does
Reports a file that does not begin with a block of keys between two lines `---`.

## Why it matters
It is no fault: the file is served, titled by its first heading or its name. But it can have no
claim, no sources and no relations of its own, so nobody is told why it is linked.

## Wrong
```markdown
# Label smoothing and calibration

Smoothing the labels …
```

## Right
```markdown
---
title: Label smoothing and calibration
---

Smoothing the labels …
```

## How to fix
Put `---`, `title: …` and `---` above the text. To leave such files as they are, use
`alpgraph check --ignore ALP001`.
""",
    "ALP002": """
The front matter is not YAML.

## What it does
Reports front matter that cannot be read: a second colon in an unquoted value, a template's
placeholder, a value that begins with `@` or a backtick, a quote or a bracket that is not closed,
no space after a colon, a line without a key or with other indentation than its neighbours, a tab,
a missing closing `---`, YAML anchors. The rest of the note is still read and served.

## Why it matters
None of the keys counts: title, relations and sources are lost until it is mended.

## Wrong
```yaml
title: Calibration: what is it?
```

## Right
```yaml
title: "Calibration: what is it?"
```

## How to fix
Do what the hint says: where it names a change, that was tried. In quotes, one of the same kind
inside is doubled (`'it''s'`) or, in double quotes, written `\\"`, as `\\\\` is for a backslash.
""",
    "ALP003": """
The file's name is hard to link to.

## What it does
Reports names that consist of dots or end in spaces, or that hold one of
`# | [ ] ^ \\ % ? * " < >`.

## Why it matters
These characters mean something in links or addresses, or cannot be saved on every system, so
that others cannot link to the note or cannot check the collection out.

## Wrong
```text
notes/what is #calibration?.md
```

## Right
```text
notes/what-is-calibration.md
```

## How to fix
Rename the file with letters, digits and hyphens: `alpgraph rename OLD NEW` takes all links to it
along and adds the old name to its `aliases:`.
""",
    "ALP004": """
The file is not clean UTF-8 text.

## What it does
Reports bytes that are not UTF-8, control characters such as NUL, files and folders that cannot be
read, and, as an information only, lines that end in CRLF or CR.

## Why it matters
Bytes in another encoding show as `�`, and editors that guess differently damage them further.
Two kinds of line ends make every line look changed in a comparison.

## Wrong
```text
Caf\\xe9          (Latin-1)
```

## Right
```text
Caf\\xc3\\xa9      (UTF-8)
```

## How to fix
Save the file as UTF-8 with LF line ends. `alpgraph check --fix` changes line ends; it does not
guess encodings.
""",
    "ALP005": """
Two notes have slugs that differ only in case.

## What it does
Reports files whose paths are equal when upper and lower case, and the ways Unicode composes
letters, do not count.

## Why it matters
macOS and Windows keep only one of them, and links in the other case cannot tell which is meant.

## Wrong
```text
notes/Calibration.md
notes/calibration.md
```

## Right
```text
notes/calibration.md
notes/calibration-in-practice.md
```

## How to fix
Rename one of them, or make one note of the two.
""",
}
"""Help pages by code, as Markdown."""
