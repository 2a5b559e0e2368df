"""From an estimate to an effect in a place, and what a place uses that is outdated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from placebudget.belief import Belief, error_of, spread_of_grades
from placebudget.errors import CannotAnswer
from placebudget.place.findings import Findings, warning
from placebudget.place.options import Option
from placebudget.place.place import Place
from placebudget.place.schema import schema
from placebudget.texts import listed, shown

if TYPE_CHECKING:
    from placebudget.knowledge.library import Library

_NULL, _HARM, _MIXED = "null", "harm", "mixed"
MIDDLE, LEAST, MOST = "middle", "least", "most"
SIZES = (MIDDLE, LEAST, MOST)
"""Which part of its interval an estimate is used with: by how much it helps."""
_OF_A_SHARE = ("risk ratio", "odds ratio", "hazard ratio")
_MADE = ("engagement", "retention", "deadweight")


@dataclass(frozen=True)
class Wanted:
    """What is said of the place besides the estimate; None: not said.

    Parameters
    ----------
    baseline, per_unit : float, optional
        What there is without it; how many units of the place one of what was counted is.
    shares : mapping of str to float or None
        engagement, retention and deadweight.
    grade : str, optional
        Grade in the place.
    same_place : bool
        Whether it was found in the place.
    reason : str
        Why it may be used.
    size : str
        One of :data:`SIZES`.
    """

    baseline: float | None
    per_unit: float | None
    shares: Mapping[str, float | None]
    grade: str | None
    same_place: bool
    reason: str
    size: str


def improvement(measure: str, mean: float, baseline: float | None, better: str) -> float | None:
    """How much better one unit makes it; None where a baseline is needed and not given.

    Parameters
    ----------
    measure : str
        As in the table of estimates.
    mean : float
        The estimate.
    baseline : float or None
        How much there is without the intervention, for one of what it is per.
    better : str
        Whether more or less of it is better.

    Examples
    --------
    A quarter fewer of 0.85 falls a year, and 0.105 who stop smoking without help:

    >>> round(improvement("rate ratio", 0.77, 0.85, "less"), 4)
    0.1955
    >>> round(improvement("odds ratio", 2.89, 0.105, "more"), 3)
    0.148
    """
    if measure in ("difference", "share"):
        return mean
    if baseline is None:
        return None
    if measure == "odds ratio":
        after = mean * baseline / (1 - baseline + mean * baseline)
    elif measure == "hazard ratio":
        after = 1 - (1 - baseline) ** mean
    else:
        after = mean * baseline
    return after - baseline if better == "more" else baseline - after


def as_used(
    library: Library, place: Place, service: str, key: str, outcome: str | None, wanted: Wanted
) -> Option:
    """The option that :meth:`Library.use` gives.

    Raises
    ------
    CannotAnswer
        With all that stands against it.
    """
    estimate = library.filled("estimates").set_index("estimate", drop=False).loc[key]
    problems: list[str] = []
    made = outcome or _outcome(place, estimate, problems)
    impact = _impact(place, service, made, estimate, wanted, problems)
    own = place.effects[(place.effects["service"] == service) & (place.effects["outcome"] == made)]
    shares = _shares(own, estimate, wanted, problems)
    grade = _grade(library, place, estimate, wanted, problems)
    if problems:
        head = f"{shown(key)} cannot be used for {shown(service)} in {shown(place.name)}:"
        raise CannotAnswer("\n".join([head, *(f"- {each}" for each in problems)]))
    cells: dict[str, Any] = {
        "impact": impact,
        **shares,
        "lag": int(estimate["lag"]),
        "duration": int(estimate["duration"]),
        "evidence": grade,
        **_spread(place, estimate, wanted, grade),
        "estimate": key,
        "source": key_of_source(library, place, str(estimate["source"])),
        "status": _status(estimate, wanted),
        "note": _note(library, estimate, wanted),
    }
    name = f"{_name(library, estimate)}: {made.replace('_', ' ')}"
    option = Option(name, _description(library, estimate, impact, grade))
    needed, graded = [str(estimate["source"])], grade not in set(place.evidence["grade"])
    if graded:
        held = library.grades.set_index("grade", drop=False).loc[grade].dropna().to_dict()
        needed.append(str(held["source"]))
    sources = [row for key in dict.fromkeys(needed) if (row := _source(library, place, key))]
    option = option.add("sources", *sources) if sources else option
    if graded:
        option = option.add("evidence", held | {"source": key_of_source(library, place, needed[1])})
    kept = {} if own.empty else own.iloc[0].dropna().to_dict()
    if kept:
        kept.pop("spread", None)  # that of the effect before
        option = option.remove("effects", service=service, outcome=made)
    return option.add("effects", {"service": service, "outcome": made, **kept, **cells})


def _outcome(place: Place, estimate: pd.Series, problems: list[str]) -> str:
    key = str(estimate["outcome"])
    if key not in set(place.outcomes["outcome"]):
        known = listed(place.outcomes["outcome"])
        problems.append(
            f"It counts {key.replace('_', ' ')} ({estimate['counted']}), and the place has no such "
            f"outcome. Say which is meant, outcome=...: {known}; or add it to outcomes."
        )
    return key


def _impact(
    place: Place,
    service: str,
    outcome: str,
    estimate: pd.Series,
    wanted: Wanted,
    problems: list[str],
) -> float:
    direction = estimate["direction"]
    if direction == _NULL:
        # No effect has been shown, in whatever unit.
        return 0.0
    if direction in (_HARM, _MIXED):
        problems.append(
            f"What was found is {'harm' if direction == _HARM else 'good and bad'} "
            f"({estimate['measure']} {estimate['mean']:g}), and an effect of a place is an "
            "improvement of 0 or more. Leave the effect out, or set its impact to 0."
        )
        return 0.0
    if pd.isna(estimate["mean"]):
        problems.append("Its size is not known, only that it helps. Look for one with a size.")
        return 0.0
    problems += _other_units(place, service, outcome, estimate, wanted)
    ends = [float(each) for each in estimate[["low", "high"]] if not pd.isna(each)]
    if wanted.size != MIDDLE and len(ends) < 2:
        problems.append(f"No interval of it is known: use its {MIDDLE}, and not the {wanted.size}.")
    if wanted.baseline is not None and wanted.baseline > 1 and estimate["measure"] in _OF_A_SHARE:
        problems.append(
            f"baseline={wanted.baseline:g} is no share of people, and a {estimate['measure']} is "
            "one of shares: give the share to whom it happens, from 0 to 1."
        )
        return 0.0
    tried = [float(estimate["mean"])] if wanted.size == MIDDLE or len(ends) < 2 else ends
    sizes = [
        improvement(estimate["measure"], each, wanted.baseline, estimate["better"])
        for each in tried
    ]
    known = [each for each in sizes if each is not None]
    better = None if not known else (max if wanted.size == MOST else min)(known)
    if better is None:
        where = (
            ""
            if pd.isna(estimate["baseline"])
            else (f" It was {estimate['baseline']:g} where it was found.")
        )
        problems.append(
            f"It is a {estimate['measure']}, which needs the baseline of the place: give "
            f"baseline=, how much there is of it ({estimate['counted']}) without the service for "
            f"one {estimate['per']}.{where}"
        )
        return 0.0
    # An interval may reach beyond no effect: the least that it helps is then nothing.
    return max(better, 0.0) * (1.0 if wanted.per_unit is None else wanted.per_unit)


def _other_units(
    place: Place, service: str, outcome: str, estimate: pd.Series, wanted: Wanted
) -> Iterator[str]:
    if wanted.per_unit is not None:
        return
    rows = (("services", "service", service, "per"), ("outcomes", "outcome", outcome, "counted"))
    for table, column, key, said in rows:
        frame = place.filled(table)
        units = frame.loc[frame[column] == key, "unit"]
        unit = None if units.empty else units.iloc[0]
        if not units.empty and _alike(unit) != _alike(estimate[said]):
            yield (
                f"It counts {'by' if column == 'service' else 'in'} {shown(estimate[said])}, the "
                f"{column} {shown(key)} in {shown('no unit' if pd.isna(unit) else unit)}. Give "
                "per_unit= (--per-unit on the command line): how many of the outcome of the place "
                "one of what was counted is, for one unit of its service; 1 says that the units "
                "are the same."
            )


def _shares(
    own: pd.DataFrame, estimate: pd.Series, wanted: Wanted, problems: list[str]
) -> dict[str, float]:
    """Shares that the estimate holds already are 1 or 0; others are given, or the place's own."""
    held = {
        "engagement": 1.0 if estimate["includes_engagement"] else None,
        "retention": 1.0 if estimate["includes_engagement"] else None,
        "deadweight": 0.0 if estimate["net_of_deadweight"] else None,
    }
    if estimate["direction"] == _NULL:
        # Nothing times any share is nothing.
        held = {"engagement": 1.0, "retention": 1.0, "deadweight": 0.0}
    found: dict[str, float] = {}
    for name in _MADE:
        known, given = held[name], wanted.shares[name]
        if known is not None:
            if given is not None and given != known:
                problems.append(
                    f"{name}={given:g} would count twice: the estimate is "
                    + ("net of what happens anyway." if name == "deadweight" else
                       "one of everybody offered.")
                )  # fmt: skip
            found[name] = known
            continue
        before = None if own.empty or pd.isna(own[name].iloc[0]) else float(own[name].iloc[0])
        value = before if given is None else given
        if value is None:
            what = {
                "engagement": "It is one of those who took part: give engagement=, the share of "
                "those offered it who do.",
                "retention": "It is one of those who stayed: give retention=, the share who do.",
                "deadweight": "Nothing was compared with it: give deadweight=, the share that "
                "would have happened anyway.",
            }
            problems.append(what[name])
        found[name] = 0.0 if value is None else value
    return found


def _grade(
    library: Library, place: Place, estimate: pd.Series, wanted: Wanted, problems: list[str]
) -> str:
    """What was found elsewhere is one grade less certain here, unless that is said otherwise."""
    if wanted.grade is not None:
        return wanted.grade
    grades = library.grades["grade"].tolist()
    at = grades.index(estimate["grade"])
    grade = str(grades[at if wanted.same_place else min(at + 1, len(grades) - 1)])
    name = library.grades.set_index("grade").at[grade, "name"]
    mine = place.evidence.loc[place.evidence["grade"] == grade, "name"].dropna()
    if len(mine) and _alike(mine.iloc[0]) != _alike(name):
        problems.append(
            f"Grade {grade} is {shown(name)} in the library, {shown(mine.iloc[0])} in the place. "
            "Word the grades of the place as the library does, or give grade=, one of the place."
        )
    return grade


def _spread(place: Place, estimate: pd.Series, wanted: Wanted, grade: str) -> dict[str, float]:
    """How far the effect may be off, where its interval is known; else its grade says it.

    The interval is one of 95 % and tells of chance where it was found. Of being elsewhere tells
    what a grade less certain adds; variances add up.
    """
    known = not estimate[["mean", "low", "high"]].isna().any()
    there, of_grade = str(estimate["grade"]), spread_of_grades(place)
    if not known or wanted.size != MIDDLE or not {grade, there} <= {*of_grade}:
        return {}
    low, mean, high = (
        improvement(estimate["measure"], float(each), wanted.baseline, estimate["better"]) or 0.0
        for each in estimate[["low", "mean", "high"]]
    )
    if mean <= 0:
        return {}
    found = Belief.within(mean, error_of(low, high)).less_sure(of_grade[grade], of_grade[there])
    return {"spread": round(found.spread, 4)}


def _status(estimate: pd.Series, wanted: Wanted) -> str:
    as_found = estimate["measure"] in ("difference", "share") or estimate["direction"] == _NULL
    if estimate["status"] == "published" and not (as_found and wanted.per_unit in (None, 1.0)):
        return "derived"
    return str(estimate["status"])


def _note(library: Library, estimate: pd.Series, wanted: Wanted) -> str:
    parts = [f"{size_of(estimate)}, {estimate['design']}, {estimate['place']}, {estimate['year']}"]
    if wanted.baseline is not None and estimate["direction"] != _NULL:
        parts.append(f"baseline {wanted.baseline:g}")
    if wanted.size != MIDDLE:
        parts.append(f"the {wanted.size} that its interval holds")
    if wanted.per_unit is not None:
        parts.append(f"{wanted.per_unit:g} for each counted")
    parts.append(f"found with grade {estimate['grade']}")
    parts += [wanted.reason] if wanted.reason else []
    return f"{'; '.join(parts)}. Library {library.name}."


def _description(library: Library, estimate: pd.Series, impact: float, grade: str) -> str:
    """What is used, and what else was found of the same outcome or intervention."""
    found = "no effect was found" if estimate["direction"] == _NULL else size_of(estimate)
    said = f"Impact {impact:.4g} ({found}), grade {grade} here."
    others = library.filled("estimates")
    same = (others["outcome"] == estimate["outcome"]) | (
        others["intervention"] == estimate["intervention"]
    )
    others = others[same & (others["estimate"] != estimate["estimate"])]
    told = [
        f"{_name(library, row)}, {row['counted']}, {row['year']}: {row['direction']}"
        for _, row in others.iterrows()
    ]
    return f"{said} Beside it stand: {'; '.join(told)}." if told else said


def size_of(estimate: Mapping[str, Any] | pd.Series) -> str:
    """How large an effect is, in words: its measure, the estimate and its interval.

    Examples
    --------
    >>> import placebudget as pb
    >>> size_of(pb.library().filter(estimate="falls_tai_chi_2020").iloc[0])
    'rate ratio 0.77 (0.61 to 0.97)'
    """
    if pd.isna(estimate["mean"]):
        return f"{estimate['direction']}, size not known"
    within = (
        "" if pd.isna(estimate.get("low")) else f" ({estimate['low']:g} to {estimate['high']:g})"
    )
    return f"{estimate['measure']} {estimate['mean']:g}{within}"


def _source(library: Library, place: Place, source: str) -> dict[str, Any] | None:
    """A source as a row of the place; None where the place has it, or the library has none."""
    key = key_of_source(library, place, source)
    row = library.source_row(source)
    if row is None or key in set(place.sources["source"]):
        return None
    return {**row, "source": key}


def key_of_source(library: Library, place: Place, source: str) -> str:
    """The key under which the place has the source; another where it has something else so."""
    mine = place.sources.loc[place.sources["source"] == source, "title"].dropna()
    titles = library.sources.set_index("source")["title"]
    if len(mine) and mine.iloc[0] != titles.get(source):
        return f"library_{source}"
    return source


def _name(library: Library, estimate: pd.Series) -> str:
    names = library.interventions.set_index("intervention")["name"]
    return str(names.get(estimate["intervention"], estimate["intervention"]))


def _alike(text: object) -> str:
    return " ".join(str(text).casefold().replace("-", " ").split())


# --- what a place has from the library that is outdated there ------------------------

_OUTDATED = (
    "row", "service", "outcome", "estimate", "newer", "year", "newer_year", "found", "newer_found",
)  # fmt: skip

_OLD_SOURCES = (
    "row", "source", "title", "year", "newer", "newer_title", "newer_year", "tables", "rows",
)  # fmt: skip


def findings_of(library: Library, held: Place) -> Findings:
    """What the library has to say of a place: what it borrowed that is outdated."""
    found = [
        warning(
            "superseded-estimate", "effects", int(row.row), "estimate",
            f"The estimate {shown(row.estimate)} of {row.year} ({row.found}) has been "
            f"superseded by {shown(row.newer)} of {row.newer_year} ({row.newer_found}).",
            f"Use the newer one: library.use(place, {row.service!r}, {row.newer!r}, ...).",
        )
        for row in superseded_in(library, held).itertuples()
    ]  # fmt: skip
    found += [
        warning(
            "superseded-source", "sources", int(row.row), "source",
            f"{row.title} ({row.year}), from which {listed(row.tables)} have figures, has been "
            f"superseded by {row.newer_title} ({row.newer_year}).",
            "Look the figures up in the library, and write the newer ones with their source, "
            f"{row.newer}.",
        )
        for row in outdated_in(library, held).itertuples()
    ]  # fmt: skip
    return Findings(found)


def outdated_in(library: Library, held: Place) -> pd.DataFrame:
    """Sources of a place of which the library holds a newer edition."""
    found = []
    rows = library.sources.set_index("source", drop=False)
    newer_of = dict(
        zip(
            rows["supersedes"].dropna(),
            rows.dropna(subset=["supersedes"])["source"],
            strict=True,
        )
    )
    numbers = held.origin.row_numbers("sources", len(held.sources))
    at = dict(zip(held.sources["source"], numbers, strict=True))
    for old in newer_of:
        key = key_of_source(library, held, old)
        if key not in at or old not in rows.index:
            continue
        newest, seen = newer_of[old], {old}
        while newest in newer_of and newest not in seen:
            seen.add(newest)
            newest = newer_of[newest]
        used = {name: _figures_of(held, name, key) for name in schema() if name in held.tables}
        used = {name: count for name, count in used.items() if count}
        if not used:
            continue
        one, other = rows.loc[old], rows.loc[newest]
        found.append((at[key], key, one["title"], one["year"], newest, other["title"],
                      other["year"], tuple(used), sum(used.values())))  # fmt: skip
    return pd.DataFrame(found, columns=list(_OLD_SOURCES))


def _figures_of(place: Place, table: str, source: str) -> int:
    """Rows of a table whose figures are of a source, but for effects of an estimate."""
    frame = place.tables[table]
    if "source" not in frame or not schema()[table].figures:
        return 0
    mine = frame["source"] == source
    return int((mine & frame["estimate"].isna() if "estimate" in frame else mine).sum())


def superseded_in(library: Library, held: Place) -> pd.DataFrame:
    """Effects of a place that were taken from an estimate which is superseded."""
    found = []
    frame, size = held.effects, library.estimates.set_index("estimate")
    numbers = held.origin.row_numbers("effects", len(frame))
    for at, row in zip(numbers, frame.itertuples(), strict=True):
        if pd.isna(row.estimate) or row.estimate not in library.superseded_by:
            continue
        newest = str(library.versions(str(row.estimate))["estimate"].iloc[0])
        if row.estimate not in size.index:
            continue
        old, new = size.loc[str(row.estimate)], size.loc[newest]
        found.append((at, row.service, row.outcome, row.estimate, newest, old["year"],
                      new["year"], _size(old), _size(new)))  # fmt: skip
    return pd.DataFrame(found, columns=list(_OUTDATED))


def _size(row: pd.Series) -> str:
    mean = row["mean"]
    return "no size is known" if pd.isna(mean) else f"{row['measure']} {mean:g}"
