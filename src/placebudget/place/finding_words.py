"""Findings as text, as a table of groups and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import pandas as pd

from placebudget.place.finding_groups import FindingGroup
from placebudget.place.findings import Findings

_MOST_SHOWN = 500
_COLUMNS = ("severity", "where", "what", "mend", "code", "findings", "follows_from")


def heading(findings: Findings) -> str:
    """How many errors and warnings there are, and how many only follow from another."""
    if not findings:
        return "No findings."
    errors, warnings = len(findings.errors), len(findings.warnings)
    told = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    follow = len(findings.causes)
    if not follow:
        return told
    return f"{told}; {follow} of them only follow{'s' if follow == 1 else ''} from another"


def in_short(findings: Findings) -> str:
    """Equal findings in one line, errors first; what follows is counted under its cause."""
    lines: list[str] = []
    for group in findings.groups:
        lines.append(f"- {group}")
        if group.following:
            lines.append(f"  {group.says_of_following}")
    more = len(lines) - _MOST_SHOWN
    shown = [*lines[:_MOST_SHOWN], *([f"- and {more:,} more"] if more > 0 else [])]
    return "\n".join([heading(findings), *shown])


def in_full(findings: Findings) -> str:
    """Every finding in a line of its own, with what it follows from."""
    told = [heading(findings)]
    for one, record in zip(findings, findings.records(), strict=True):
        cause = record["follows_from"]
        told.append(f"- {one}" + (f" (follows from {cause})" if cause else ""))
    return "\n".join(told)


def as_rows(findings: Findings) -> pd.DataFrame:
    """Groups as a table, one row each; what follows stands below its cause."""
    return pd.DataFrame(list(_rows(findings.groups, None)), columns=list(_COLUMNS))


def as_html(findings: Findings) -> str:
    """Groups as a list in HTML, without styles and scripts, to stand in any page.

    What follows is folded under its cause; all texts are escaped.
    """
    told = f"<p>{escape(heading(findings))}</p>{_list(findings.groups)}"
    return f'<div class="placebudget-findings">{told}</div>'


def _rows(groups: Sequence[FindingGroup], cause: str | None) -> Iterator[tuple[object, ...]]:
    for each in groups:
        count = len(each.findings)
        yield each.severity, each.where, each.what, each.mend, each.code, count, cause
        yield from _rows(each.following, f"{each.where} [{each.code}]")


def _list(groups: Sequence[FindingGroup]) -> str:
    return f"<ul>{''.join(map(_item, groups))}</ul>" if groups else ""


def _item(group: FindingGroup) -> str:
    said = (
        f"<strong>{group.severity.capitalize()}</strong>: {escape(group.where)}: "
        f"{escape(group.what)} {escape(group.mend)} <code>{escape(group.code)}</code>"
    )
    if group.following:
        said += (
            f"<details><summary>{escape(group.says_of_following)}</summary>"
            f"{_list(group.following)}</details>"
        )
    return f"<li>{said}</li>"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
