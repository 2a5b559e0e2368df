"""Ballots of a participatory budget: one table, or a file in the format of Pabulib.

A row without a voter says what a project costs; a row with one is a part of a ballot. A ``.pb``
file, in which participatory budgets are published, is read as that table. Source of the format:
Pabulib, arXiv:2012.06539.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from placebudget.errors import UnreadableTable
from placebudget.texts import shown

BEGINS = b"META"
HEAD = ("project", "voter", "points", "cost", "name", "service", "area", "lives", "budget")
_PARTS = ("META", "PROJECTS", "VOTES")
_APPROVAL, _ORDINAL = ("approval", "choose-1"), "ordinal"
_POINTED = ("cumulative", "scoring")
_MOST_NAMED = 20


def is_pabulib(content: bytes) -> bool:
    """Whether a file begins as one of Pabulib does."""
    return content.lstrip(b"\xef\xbb\xbf \r\n").startswith(BEGINS)


def from_pabulib(name: str, content: bytes) -> bytes:
    r"""The same election as a CSV file of ballots.

    Raises
    ------
    UnreadableTable
        If a part, a column or a project is missing, or a figure cannot be read; all of it is
        named by line.

    Examples
    --------
    >>> held = (
    ...     b"META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost\na;60\n"
    ...     b"VOTES\nvoter_id;vote\n1;a\n"
    ... )
    >>> print(from_pabulib("town.pb", held).decode().replace("\r", ""))
    project,voter,points,cost,name,service,area,lives,budget
    a,,,60,,,,,100
    a,1,1,,,,,,
    <BLANKLINE>
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableTable(f"{name} is not written in UTF-8; save it so") from None
    parts, problems = _parts(text)
    missing = [part for part in _PARTS if part not in parts]
    problems += [f"there is no part {part}" for part in missing]
    written = io.StringIO()
    if not missing:
        rows = csv.DictWriter(written, HEAD)
        rows.writeheader()
        rows.writerows(_rows(parts, problems))
    if problems:
        more = len(problems) - _MOST_NAMED
        told = [*problems[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]
        raise UnreadableTable("\n- ".join([f"{name} is no election of Pabulib:", *told]))
    return written.getvalue().encode()


def _parts(text: str) -> tuple[dict[str, list[tuple[int, dict[str, str]]]], list[str]]:
    """Rows of each part, with their lines and by their headings."""
    parts: dict[str, list[tuple[int, dict[str, str]]]] = {}
    head: list[str] | None = None
    now, problems = "", list[str]()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if cells[0] in _PARTS and not any(cells[1:]):
                now, head = cells[0], None
                if now in parts:
                    problems.append(f"line {reader.line_num}: the part {now} is there twice")
                parts[now] = []
            elif head is None:
                head = cells
            elif now:
                if len(cells) > len(head):
                    problems.append(
                        f"line {reader.line_num}: {len(cells)} cells under {len(head)} headings"
                    )
                parts[now].append((reader.line_num, dict(zip(head, cells, strict=False))))
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")
    return parts, problems


def _rows(
    parts: Mapping[str, list[tuple[int, dict[str, str]]]], problems: list[str]
) -> Iterator[dict[str, Any]]:
    """Rows of the table of ballots; what stands against one is added to the problems."""
    told = {row.get("key", ""): row.get("value", "") for _, row in parts["META"]}
    budget, known = told.get("budget", ""), set()
    for line, row in parts["PROJECTS"]:
        project = row.get("project_id", "")
        if not project or not row.get("cost"):
            problems.append(f"line {line}: a project has project_id and cost")
        known.add(project)
        yield {
            "project": project, "budget": "" if len(known) > 1 else budget,
            **{name: row.get(name, "") for name in ("cost", "name", "service", "area")},
        }  # fmt: skip
    points_of = _points(told, len(known), problems)
    for line, row in parts["VOTES"]:
        voter, chosen = row.get("voter_id", ""), row.get("vote", "").split(",")
        chosen = [each.strip() for each in chosen if each.strip()]
        strange = [shown(each) for each in chosen if each not in known]
        if not voter:
            problems.append(f"line {line}: a ballot has a voter_id")
        if strange:
            problems.append(f"line {line}: no project {', '.join(strange)} among PROJECTS")
        if len({*chosen}) < len(chosen):
            problems.append(f"line {line}: a project is chosen twice in one ballot")
        points = points_of(row, chosen)
        if len(points) != len(chosen):
            problems.append(f"line {line}: {len(points)} points for {len(chosen)} projects")
            continue
        for project, given in zip(chosen, points, strict=True):
            yield {
                "project": project, "voter": voter, "points": given,
                "lives": row.get("neighborhood", ""),
            }  # fmt: skip


def _points(
    told: Mapping[str, str], projects: int, problems: list[str]
) -> Callable[[Mapping[str, str], list[str]], list[Any]]:
    """How the points of a ballot are read, by the kind of vote."""
    kind = told.get("vote_type", "")
    if kind in _POINTED:
        return lambda row, chosen: [
            each.strip() for each in row.get("points", "").split(",") if each.strip()
        ]
    if kind == _ORDINAL:
        # The first has as many points as projects may be named, the next one fewer.
        longest = told.get("max_length", "")
        most = int(longest) if longest.isdigit() else projects
        return lambda row, chosen: [max(most - at, 0) for at in range(len(chosen))]
    if kind not in _APPROVAL:
        problems.append(
            f"vote_type {shown(kind)} is not known; it is one of "
            f"{', '.join((*_APPROVAL, *_POINTED, _ORDINAL))}"
        )
    return lambda row, chosen: [1] * len(chosen)
