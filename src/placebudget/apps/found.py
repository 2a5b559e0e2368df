"""What the check of a place found, for those at a board: every finding, in lists and tables."""

from __future__ import annotations

from collections.abc import Iterable

from placebudget.place import Finding, Findings
from placebudget.view.grid import Grid, text_grid

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
        f"{severity.capitalize()} in {where}: {what} {mend}".rstrip()
        for severity, where, what, mend in _rows(findings, called)
    ]


def grid(findings: Iterable[Finding]) -> Grid:
    """Warnings of a place that passed its check, as a table."""
    rows = [row[1:] for row in _rows(findings)]
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


def _rows(findings: Iterable[Finding], called: str = "") -> list[tuple[str, str, str, str]]:
    held = findings if isinstance(findings, Findings) else Findings(findings)
    table = held.grouped()[["severity", "where", "what", "mend"]]
    rows: list[tuple[str, str, str, str]] = []
    for row in table.itertuples(index=False):
        texts = [str(cell) for cell in row]
        if called:
            texts[1] = texts[1].replace("uploaded.xlsx", called)
        rows.append((texts[0], texts[1], texts[2], texts[3]))
    return rows
