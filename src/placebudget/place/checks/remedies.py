"""Remedies: the likeliest way to mend an error, to see what follows from it.

A remedy is a guess, and nothing is planned with it: it only takes an error away. What
then is no longer found follows from that error, and is told as following from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

from placebudget.place.checks.draft import Draft, wanted_keys
from placebudget.place.checks.examination import LONGEST_APPRAISAL, Examination
from placebudget.place.checks.rules import known_values
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.place.schema import Column, schema
from placebudget.place.subjects import parse_subject, write_subject
from placebudget.place.years import years_between
from placebudget.texts import nearest

Remedy = Callable[[Draft, Sequence[Finding]], None]


def known_key(draft: Draft, group: Sequence[Finding]) -> None:
    """A key of nothing: the key most like it, or else one that is not in use."""
    for one in group:
        column = _column(one)
        other, field = str(column.refers).split(".")
        known = draft.values(other, field)
        unknown = str(draft.cell(one.table, _row(one), column.name))
        used = set(draft.values(one.table, column.name))
        free = [key for key in known if key not in used]
        found = nearest(unknown, sorted(map(str, known))) or next(iter([*free, *known]), None)
        draft.put(one.table, [_row(one)], column.name, [found])


def filled_cell(draft: Draft, group: Sequence[Finding]) -> None:
    """Blank cells: keys that are looked for or not in use, usual values."""
    one = group[0]
    column, rows = _column(one), [_row(each) for each in group]
    held = draft.values(one.table, column.name)
    candidates: list[Any] = []
    if column.refers:
        other, field = column.refers.split(".")
        candidates = [key for key in draft.values(other, field) if key not in held]
    elif column.name == schema()[one.table].key[0]:
        candidates = wanted_keys(draft, one.table, column.name)
    elif column.type == "year":
        candidates = [year for year in draft.settings.years if year not in held]
    usual = _usual(column, held)
    keys = iter(candidates)
    draft.put(one.table, rows, column.name, [next(keys, usual) for _ in rows])


def usual_number(draft: Draft, group: Sequence[Finding]) -> None:
    """Numbers outside their range: what the column holds for the same key, or usually."""
    for one in group:
        column, key = _column(one), schema()[one.table].key[0]
        like = draft.rows_where(one.table, key, draft.cell(one.table, _row(one), key))
        held = [draft.cell(one.table, row, column.name) for row in like]
        fitting = _fitting(column, held) or draft.values(one.table, column.name)
        draft.put(one.table, [_row(one)], column.name, [_usual(column, fitting)])


def minimum_within(draft: Draft, group: Sequence[Finding]) -> None:
    """Minima above their maximum: the maximum."""
    for one in group:
        most = draft.cell(one.table, _row(one), "maximum")
        draft.put(one.table, [_row(one)], "minimum", [most])


def known_word(draft: Draft, group: Sequence[Finding]) -> None:
    """Words outside their list: the word most like it, or else the first."""
    for one in group:
        allowed = _column(one).allowed
        word = nearest(str(draft.cell(one.table, _row(one), str(one.column))), allowed)
        draft.put(one.table, [_row(one)], str(one.column), [word or allowed[0]])


def plain_key(draft: Draft, group: Sequence[Finding]) -> None:
    """Keys with spaces around them, or with what cannot be seen: without."""
    for one in group:
        text = str(draft.cell(one.table, _row(one), str(one.column)))
        plain = "".join(letter for letter in text if letter.isprintable()).strip()
        draft.put(one.table, [_row(one)], str(one.column), [plain])


def known_subject(draft: Draft, group: Sequence[Finding]) -> None:
    """Subjects that name what is not there: what is most like it."""
    known = known_values(Examination(draft.place()))
    for one in group:
        subject = parse_subject(draft.cell("rules", _row(one), "subject"))
        mended = {
            column: tuple(
                value if value in known[column] else nearest(value, sorted(known[column])) or value
                for value in values
            )
            for column, values in subject.items()
        }
        draft.put("rules", [_row(one)], "subject", [write_subject(mended)])


def row_less(draft: Draft, group: Sequence[Finding]) -> None:
    """Rows that stand there already: taken out."""
    draft.drop(group[0].table, {_row(each) for each in group})


def year_of_the_place(draft: Draft, group: Sequence[Finding]) -> None:
    """Years outside: those that rows with the same key otherwise lack."""
    for one in group:
        key = schema()[one.table].key[0]
        own = draft.cell(one.table, _row(one), key)
        taken = {
            draft.cell(one.table, row, str(one.column))
            for row in draft.rows_where(one.table, key, own)
        }
        years = draft.settings.years or (draft.settings.today_year,)
        year = next((year for year in years if year not in taken), years[0])
        draft.put(one.table, [_row(one)], str(one.column), [year])


def out_of_the_circle(draft: Draft, group: Sequence[Finding]) -> None:
    """Areas that are part of themselves: one of them where most of its tier are, or at the top."""
    _out_of_the_circle(draft, group, lambda parents, _: Counter(parents).most_common(1)[0][0])


def where_the_row_above_is(draft: Draft, group: Sequence[Finding]) -> None:
    """Areas that are part of themselves: one where the row above of its tier is."""
    _out_of_the_circle(draft, group, lambda parents, at: parents[max(at - 1, 0)])


def where_the_row_below_is(draft: Draft, group: Sequence[Finding]) -> None:
    """Areas that are part of themselves: one where the row below of its tier is."""
    _out_of_the_circle(draft, group, lambda parents, at: parents[min(at, len(parents) - 1)])


def _out_of_the_circle(
    draft: Draft, group: Sequence[Finding], choose: Callable[[list[str], int], str]
) -> None:
    tree = draft.geography()
    circle = [draft.cell("areas", _row(each), "area") for each in group]
    outside = [area for area in tree.areas if not set(circle) & set(tree.path(area))]
    top = tree.root
    if not outside:
        top = max(tree.areas, key=lambda area: tree.populations.get(area, 0.0))
        draft.put("areas", draft.rows_where("areas", "area", top), "parent", [None])
    if top in circle:
        return
    least = min(circle, key=lambda area: tree.populations.get(area, 0.0))
    tier, at = tree.tiers.get(least), 0
    parents: list[str] = []
    for area in draft.values("areas", "area"):
        if area == least:
            at = len(parents)
        elif tier and area not in circle and tree.tiers.get(area) == tier and area in tree.parents:
            parents.append(tree.parents[area])
    parent = choose(parents, at) if parents else top
    draft.put("areas", draft.rows_where("areas", "area", least), "parent", [parent])


def one_top(draft: Draft, group: Sequence[Finding]) -> None:
    """Several tops: the others become part of the largest."""
    tree = draft.geography()
    tops = [area for area in tree.areas if area not in tree.parents]
    size = {area: (tree.populations.get(area, 0.0), len(tree.descendants(area))) for area in tops}
    top = max(tops, key=size.__getitem__)
    for area in tops:
        if area != top:
            draft.put("areas", draft.rows_where("areas", "area", area), "parent", [top])


def offer_there(draft: Draft, group: Sequence[Finding]) -> None:
    """Money without an offer: one for the service there, as another is."""
    like = draft.rows_where("offers", "offer", next(iter(draft.values("offers", "offer")), None))
    for one in group if like else ():
        service = draft.cell("today", _row(one), "service")
        area = draft.cell("today", _row(one), "area")
        draft.add_like("offers", like[0], offer=one.what, service=service, area=area)


def years_in_a_row(draft: Draft, group: Sequence[Finding]) -> None:
    """Years with gaps: those from the first to the last."""
    years = sorted(set(draft.settings.years))
    count = int(years[-1][:4]) - int(years[0][:4]) + 1
    draft.set(years=years_between(years[0], min(count, LONGEST_APPRAISAL)))


def today_first(draft: Draft, group: Sequence[Finding]) -> None:
    """Today after the first year: today is the first year."""
    draft.set(today_year=draft.settings.years[0])


def appraised_long_enough(draft: Draft, group: Sequence[Finding]) -> None:
    """Too few or too many years appraised: as long as benefits last."""
    draft.set(appraisal_years=None)


REMEDIES: Mapping[str, Remedy] = {
    "years-not-consecutive": years_in_a_row,
    "today-after-first-year": today_first,
    "appraisal-too-short": appraised_long_enough,
    "area-cycle": out_of_the_circle,
    "several-roots": one_top,
    "missing-value": filled_cell,
    "stray-space": plain_key,
    "unseen-character": plain_key,
    "doubled-key": row_less,
    "unknown-key": known_key,
    "unknown-word": known_word,
    "negative": usual_number,
    "outside-range": usual_number,
    "enormous": usual_number,
    "minute": usual_number,
    "minimum-above-maximum": minimum_within,
    "unknown-value": known_subject,
    "no-value-there": known_subject,
    "year-outside": year_of_the_place,
    "no-offer-there": offer_there,
}

OTHER_WAYS: Mapping[str, Sequence[Remedy]] = {
    "area-cycle": (where_the_row_above_is, where_the_row_below_is)
}
"""Remedies to try besides: the one that takes most with it is the likeliest."""


def _usual(column: Column, held: Sequence[Any]) -> Any:
    """What a cell of a column may hold: the middle of the numbers that fit, the first word."""
    if column.type in ("number", "integer"):
        fitting = _fitting(column, held)
        least = max(column.minimum or 0, 0 if column.above is None else column.above + 1)
        middle = median(fitting) if fitting else least
        return round(middle) if column.type == "integer" else float(middle)
    if column.default is not None or column.allowed:
        return column.allowed[0] if column.default is None else column.default
    text = column.name if column.type == "string" else None
    return held[0] if held else text


def _fitting(column: Column, held: Sequence[Any]) -> list[float]:
    return sorted(
        value
        for value in held
        if not is_blank(value)
        and (column.minimum is None or value >= column.minimum)
        and (column.maximum is None or value <= column.maximum)
        and (column.above is None or value > column.above)
        and abs(value) < 1e12
    )


def _column(finding: Finding) -> Column:
    return schema()[finding.table].column(str(finding.column))


def _row(finding: Finding) -> int:
    return int(finding.row or 0)
