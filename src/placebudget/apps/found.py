"""What the check of a place found, for those at a board: every finding, in lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from placebudget.place import Finding, Findings
from placebudget.view.grid import Grid, text_grid

_CODE = re.compile(r" \[[^\]]*\]$")
_HEAD = ("where", "what the check says", "how to mend it")


def lines(findings: Iterable[Finding], called: str = "") -> list[str]:
    """Findings a line each, errors first; equal ones stand together, as in the check.

    Parameters
    ----------
    findings : iterable of Finding
        What was found.
    called : str, optional
        What the file is called that the findings name ``uploaded.xlsx``.

    Examples
    --------
    >>> one = Finding("negative", "error", "funding", 3, "amount", "-5 is negative.", "Mend it.")
    >>> lines([one])
    ['Error in funding, row 3, amount: -5 is negative. Mend it.']
    """
    return [
        f"{row.severity.capitalize()} in {row.where}: {row.what} {row.mend}".rstrip()
        + (f" It follows from {row.cause}, and goes when that is mended." if row.cause else "")
        for row in _rows(findings, called)
    ]


def grid(findings: Iterable[Finding]) -> Grid:
    """Warnings of a place that passed its check, as a table."""
    rows = [(row.where, row.what, row.mend) for row in _rows(findings)]
    return text_grid("found", "Warnings of the check", _HEAD, rows)


def counted(findings: Findings) -> str:
    """How many errors and warnings there are.

    Examples
    --------
    >>> one = Finding("negative", "error", "funding", 3, "amount", "-5 is negative.", "Mend it.")
    >>> counted(Findings([one]))
    '1 error'
    """
    parts = [(len(findings.errors), "error"), (len(findings.warnings), "warning")]
    return " and ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


class _Row(NamedTuple):
    severity: str
    where: str
    what: str
    mend: str
    cause: str


def _rows(findings: Iterable[Finding], called: str = "") -> list[_Row]:
    held = findings if isinstance(findings, Findings) else Findings(findings)
    table = held.grouped()[["severity", "where", "what", "mend", "follows_from"]]
    rows = []
    for severity, where, what, mend, cause in table.itertuples(index=False):
        named = where.replace("uploaded.xlsx", called) if called else where
        # The short name of its kind, which a cause carries, is not for people.
        root = _CODE.sub("", cause) if isinstance(cause, str) else ""
        rows.append(_Row(severity, named, what, mend, root))
    return rows
