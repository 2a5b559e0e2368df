"""The reference page of the file format, written from the schema."""

from __future__ import annotations

from placebudget.place import Column, Table, schema
from placebudget.place.schema import LIBRARY, PANEL, PLACE, REGISTER, REVIEW

_PREAMBLE = """\
# The file format

<!-- Written by `make docs` from src/placebudget/place/schema.toml. -->

A place is a folder with one CSV file a table and a `datapackage.json`, and a valid
Frictionless Tabular Data Package. The same tables may stand in one `.xlsx` workbook, a sheet
a table, or in one `.zip`.

Files hold pounds; unit costs and values are in the price base, funding and limits in cash of
their year. Financial years are written `2027-28`. **Blank is not zero**: a blank takes the
default below, or means what the description says, or is a finding.

`datapackage.json` carries, beside the list of files: `name`, `title`, `description`, `years`
(the financial years in which money is spent), `appraisal_years` (how many years of benefits
count, from the first; default: the years plus the longest lag and duration of an effect, less
one), `discount`, `price_base` (in whose prices unit costs and values stand) and `today_year` (of
today's spending); the last two are the first year where they are left out. `discount` is
`green book` (the default: 3.5% a year to year 30, 3% to year 75, then 2.5%; the first year is
year 0 and not discounted), `green book health` (1.5%), one rate, or pairs of a last year and a
rate, `[[30, 0.035], [75, 0.03]]`. `without_effects` is
`keep` (the default: a service without any row in `effects` keeps today's money, as nothing is known
of what it brings about) or `free` (its money may be spent elsewhere).

Columns marked *descriptive* are shown and checked; no figure of a plan depends on them.
"""

_OF_LIBRARIES = """\
# The file format of a library

<!-- Written by `make docs` from src/placebudget/place/library.toml. -->

A library is a data package of another kind: `datapackage.json` says `"kind": "library"`, beside
`name`, `title` and `description`. It stands in a folder, an `.xlsx` (the first sheet is `library`)
or a `.zip` as [a place](file-format.md) does, or in one `.json`, the package with its rows in it.
What holds for figures, years and blanks there holds here. How it is used: [services, costs and
evidence](how-to/use-the-library.md).
"""

_OF_PANELS = """\
# The file format of a panel

<!-- Written by `make docs` from src/placebudget/place/panel.toml. -->

A panel holds figures of authorities by year and measure. It is a data package of another kind:
`datapackage.json` says `"kind": "panel"`, beside `name`, `title` and `description`. It stands in a
folder, an `.xlsx` (the first sheet is `panel`) or a `.zip` as [a place](file-format.md) does. What
holds for figures, years and blanks there holds here. How it is used: [compare us with
others](how-to/compare-us-with-others.md).
"""

_OF_REGISTERS = """\
# What a register holds

<!-- Written by `make docs` from src/placebudget/place/register.toml. -->

A register keeps what was considered and decided in a database; each row of a table here is an
entry, which stays as it was made. Written out for those who audit it, the tables are a data
package, `"kind": "register"`, in an `.xlsx`, a `.zip` or a folder as [a place](file-format.md) is.
How it is used: [keep a register](how-to/keep-a-register.md).
"""
_OF_REVIEWS = """\
# The file format of a review

<!-- Written by `make docs` from src/placebudget/place/review.toml. -->

A review holds what councils say of themselves and their peers say of them, who can help whom, and
what was agreed; people stand in it by keys alone. It is a data package of another kind:
`datapackage.json` says `"kind": "review"`, beside `name`, `title` and `description`. It stands in a
folder, an `.xlsx` (the first sheet is `review`) or a `.zip` as [a place](file-format.md) does. What
holds for figures and blanks there holds here; dates are written `2027-04-01`. How it is used:
[challenge ourselves](how-to/challenge-ourselves.md).
"""
_PAGES = {
    PLACE: _PREAMBLE,
    LIBRARY: _OF_LIBRARIES,
    PANEL: _OF_PANELS,
    REGISTER: _OF_REGISTERS,
    REVIEW: _OF_REVIEWS,
}


def schema_page(tables: tuple[str, ...] = (), kind: str = PLACE) -> str:
    """The schema as a page of Markdown.

    Parameters
    ----------
    tables : tuple of str
        Tables to describe; without any, the whole page.
    kind : str
        Kind of data package.

    Examples
    --------
    >>> print(schema_page(("ring_fences",)).splitlines()[0])
    ## ring_fences
    """
    described = schema(kind)
    if tables:
        return "\n".join(_section(described[name]) for name in tables)
    contents = [
        f"| [{table.name}](#{table.name}) | {'yes' if table.required else ''} "
        f"| {table.description} |"
        for table in described.values()
    ]
    overview = ["| table | required | what it holds |", "| --- | --- | --- |", *contents, ""]
    sections = [_section(table) for table in described.values()]
    return "\n".join([_PAGES[kind], *overview, *sections])


def _section(table: Table) -> str:
    lines = [
        f"## {table.name}",
        "",
        f"{table.description} Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| column | type | unit | blank | values | description | example |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(column) for column in table.columns),
        "",
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    note = " *Descriptive.*" if column.descriptive else ""
    cells = [
        f"`{column.name}`",
        column.type,
        column.unit or "",
        blank_means(column),
        values_allowed(column),
        column.description + note,
        "" if column.example is None else f"`{_text(column.example)}`",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def blank_means(column: Column) -> str:
    """What a blank cell of a column means, in a few words."""
    if column.required:
        return "not allowed"
    if column.default is not None:
        return f"{_text(column.default)}"
    return "allowed"


def values_allowed(column: Column) -> str:
    """What a cell may hold, in a few words."""
    parts = []
    if column.allowed:
        parts.append(", ".join(column.allowed))
    if column.refers:
        parts.append(f"a key of {column.refers.partition('.')[0]}")
    if column.above is not None:
        parts.append(f"above {column.above:g}")
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"{column.minimum:g} to {column.maximum:g}")
    elif column.minimum is not None:
        parts.append(f"{column.minimum:g} or more")
    elif column.maximum is not None:
        parts.append(f"at most {column.maximum:g}")
    return "; ".join(parts)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
