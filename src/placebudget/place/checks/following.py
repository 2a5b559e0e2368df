"""Which findings follow from others: each says what cells it rests on, and by what keys.

An area that is part of itself lies in nobody's territory, and so no money can reach it.
What is found about a service rests on cells of other tables; where one of them is wrong,
and no key tells the two apart, the finding follows from what is wrong there.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from placebudget.errors import WrongArgument
from placebudget.place.checks.examination import Examination
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.place.place import Place
from placebudget.place.schema import Column, schema
from placebudget.place.settings import years_between
from placebudget.place.subjects import parse_subject
from placebudget.texts import nearest

Keys = dict[str, set[Any]]

_MOST_TRACED = 100
# What is found in an area is not about the area that these name.
_OF_A_WIDER_AREA = (("areas", "parent"), ("agencies", "area"))

_CAUSES = (
    "missing-table",
    "years-not-consecutive",
    "today-after-first-year",
    "appraisal-too-short",
    "area-cycle",
    "several-roots",
    "missing-value",
    "stray-space",
    "unseen-character",
    "doubled-key",
    "unknown-key",
    "unknown-word",
    "negative",
    "outside-range",
    "enormous",
    "minute",
    "minimum-above-maximum",
    "unknown-value",
    "no-value-there",
    "year-outside",
    "no-offer-there",
)
"""Codes of errors from which others may follow; of those about one cell the first is the cause."""

_AREAS = "areas.area areas.parent"
_LINES = f"{_AREAS} offers.offer offers.service offers.area services.service"
_RETURNS = "returns.service returns.step returns.up_to returns.effectiveness"
_ROUTES = (
    f"{_LINES} services.commissioner services.purpose services.kind "
    "streams.stream streams.agency streams.kind agencies.agency agencies.area pools.pool "
    "pools.open pool_purposes ring_fences contributions rules.kind rules.subject shared_services"
)
_PEOPLE = "cohorts prevalence"
_LIMITS = "needs cohorts prevalence offers.capacity returns.service returns.step place.years"

# By code: the columns whose keys link a finding with its cause, and the tables, columns and
# other findings that it rests on. It rests on its own cell besides.
_RESTS_ON: Mapping[str, tuple[str, str]] = {
    "enormous": ("", ""),
    "like-a-formula": ("", ""),
    "wrong-scale": ("", "enormous"),
    "appraisal-too-long": ("", "effects.lag effects.duration place.appraisal_years"),
    "year-outside": ("year", "place effects.lag effects.duration"),
    "missing-funding": ("stream", "funding streams.recurrent place.years"),
    "area-cycle": ("area", _AREAS),
    "several-roots": ("area", _AREAS),
    "two-levels": ("service area", f"{_LINES} cohorts.area"),
    "unserved-need": ("service area", f"{_LINES} cohorts.area no-offer-there"),
    "limit-below-offers": ("area outcome", f"{_LINES} effects.service effects.outcome"),
    "reserves-below-minimum": ("agency", "reserves.opening reserves.minimum"),
    "one-off-money": ("stream service", "streams.recurrent streams.kind services.kind"),
    "minima-above-funding": (
        "stream",
        "contributions funding streams.carry_forward place.years minimum-above-maximum",
    ),
    "useless-stream": ("stream agency pool", _ROUTES),
    "unreachable-service": ("stream service area agency purpose", _ROUTES),
    "no-offer": ("service area", f"{_LINES} cohorts.area no-offer-there"),
    "no-offer-there": ("service area", _LINES),
    "wrong-offer": ("service area offer", _LINES),
    "which-offer": ("service area offer", _LINES),
    "closed-route": ("stream service area agency pool purpose", _ROUTES),
    "today-above-funding": (
        "stream",
        "funding today.amount today.stream pools.management_cost place.years place.today_year",
    ),
    "missing-rate": ("index", "inflation place.years place.price_base"),
    "unknown-outcome": ("", "outcomes.outcome"),
    "included-in-itself": ("", "outcomes.includes"),
    "counted-twice": ("service outcome", "outcomes.includes effects.service effects.outcome"),
    "may-count-twice": ("service outcome", "outcomes.includes effects.service effects.outcome"),
    "price-year-without-rate": ("", "inflation place.price_base"),
    "no-general-index": ("", "inflation.index"),
    "shares-not-whole": ("agency", "successions"),
    "ends-twice": ("agency", "successions"),
    "succession-in-circle": ("agency", "successions"),
    "nobody-takes-over": (
        "agency",
        f"{_LINES} successions agencies.agency agencies.area services.commissioner",
    ),
    "share-of-nothing": (
        "agency stream",
        f"{_AREAS} successions agencies.agency agencies.area streams.agency today",
    ),
    "pool-of-one": (
        "pool",
        "successions streams.agency services.commissioner services.purpose contributions "
        "pool_purposes",
    ),
    "step-numbers": ("service", _RETURNS),
    "steps-not-increasing": ("service", _RETURNS),
    "rising-steps": ("service", _RETURNS),
    "steps-without-width": ("service area", f"{_LIMITS} {_LINES}"),
    "endless-buying": ("service area", f"{_LIMITS} {_LINES}"),
    "minimum-above-maximum": ("stream pool", "contributions.minimum contributions.maximum"),
    "lot-above-capacity": ("offer", "offers.capacity offers.smallest_lot"),
    "leaving-without-lot": ("offer", "offers.leaving_cost offers.smallest_lot"),
    "offer-at-no-level": ("service", f"{_LINES} levels areas.tier"),
    "level-without-offer": ("service tier", f"{_LINES} levels areas.tier"),
    "level-of-need": ("service", "levels.service services.led_by avoids.service"),
    "need-above-level": ("service", f"{_LINES} levels areas.tier needs cohorts.area"),
    "post-without-time": ("role", "posts.days posts.absence_days posts.vacant"),
    "role-without-posts": ("role", "posts rules.kind rules.subject"),
    "owed-and-at-risk": ("outcome target", "target_shares at_risk.outcome"),
    "loan-into-revenue": ("stream", "loans.stream streams.kind"),
    "loan-borne-by-capital": ("stream", "loans.borne_by streams.kind"),
    "loan-of-two": ("stream agency", "loans.stream loans.borne_by streams.agency"),
    "loan-borne-by-grant": ("stream", "loans.borne_by ring_fences"),
    "released-without-capacity": ("offer", "gateways offers.capacity"),
    "reward-above-all": ("target", "target_shares"),
    "target-without-way": ("target", "targets.baseline targets.stretch"),
    "reward-for-nobody": ("target", "target_shares"),
    "reward-too-late": ("target", "targets.year place.years"),
    "choice-of-one": ("choice", "choices"),
    "choice-in-two-ways": ("choice", "choices.rule"),
    "shared-in-two-ways": ("shared_offer", "shared_services.least_members"),
    "too-few-members": ("shared_offer", "shared_services"),
    "shared-with-itself": ("offer", "shared_services"),
    "member-without-lot": ("offer", "shared_services.offer offers.smallest_lot"),
    "choice-of-today": ("choice offer", "choices today.amount today.offer"),
    "unknown-value": (
        "service area purpose agency pool outcome role",
        "services areas agencies pools outcomes offers.provider offers.delivery_model posts",
    ),
    "no-value-there": ("", "services areas agencies pools outcomes offers posts"),
    "no-population": ("", f"{_AREAS} areas.population areas.tier"),
    "picks-nothing": (
        "service area purpose agency role",
        f"{_LINES} services areas.tier offers.provider offers.delivery_model staffing",
    ),
    "missing-amount": ("rule", "rules.kind rules.amount"),
    "above-hundred": ("rule", "rules.kind"),
    "wrong-unit": ("rule", "rules.kind rules.unit"),
    "subject-does-not-fit": ("rule", "rules.kind"),
    "subject-incomplete": ("rule", "rules.kind"),
    "statutory-without-floor": (
        "service area purpose agency",
        f"{_LINES} rules.kind rules.subject services.nature services.commissioner areas.tier",
    ),
    "take-up-without-need": (
        "service area",
        f"needs {_PEOPLE} {_LINES} rules.kind rules.subject place.years",
    ),
    "pot-too-small-for-all": (
        "service area offer",
        f"needs {_PEOPLE} {_LINES} offers.unit_cost offers.provider offers.delivery_model staffing "
        "areas.tier personal_budgets rules place.years",
    ),
    "personal-budgets-alone": (
        "service area offer",
        f"{_LINES} services.led_by services.nature personal_budgets",
    ),
    "one-provider-alone": (
        "service provider",
        f"{_LINES} offers.provider providers services.nature services.led_by",
    ),
    "entrant-bought-today": ("provider offer service", "providers today offers"),
    "need-not-given": (
        "service area",
        f"needs {_PEOPLE} services.led_by avoids {_LINES} place.years",
    ),
    "bands-overlap": ("service", "prevalence.band cohorts.band"),
    "people-count-twice": ("area", f"{_AREAS} cohorts.area cohorts.band"),
    "band-hides-oldest": ("", "cohorts.band prevalence.band"),
    "cohorts-unused": ("", "prevalence"),
    "band-not-there": ("service", f"{_AREAS} {_PEOPLE}"),
    "population-not-known": ("service", f"{_AREAS} {_PEOPLE} place.years place.today_year"),
    "need-given-twice": ("service area", f"{_AREAS} {_PEOPLE} needs place.years"),
    "returns-end-early": ("service", f"services.led_by {_RETURNS}"),
    "capacity-below-need": (
        "service area offer",
        f"needs choices {_PEOPLE} services.led_by services.units_per_person offers.capacity "
        f"offers.first_year place.years {_LINES}",
    ),
    "build-without-capacity": ("offer", "offers.capacity offers.build"),
    "avoided-in-a-loop": (
        "service outcome",
        "avoids.outcome avoids.service effects.outcome effects.service effects.lag",
    ),
    "saved-twice": ("outcome", "avoids.outcome avoids.service savings.outcome savings.service"),
    "may-be-saved-twice": (
        "outcome agency",
        "avoids.outcome avoids.service savings.agency services.service services.commissioner",
    ),
    "avoided-without-end": ("outcome", "at_risk.outcome avoids.outcome outcomes.outcome"),
    # The area in which the outcome is made, not that of the service, may be what is wrong.
    "avoided-nowhere": (
        "service outcome",
        f"avoids.outcome avoids.service effects.outcome effects.service {_LINES}",
    ),
    "at-risk-over-areas": (
        "outcome area",
        f"avoids at_risk.area effects.outcome effects.service {_LINES}",
    ),
    "money-held-where-need-leads": (
        "service area purpose agency",
        f"services.led_by rules.kind rules.subject {_LINES}",
    ),
    "idle-agency": (
        "agency",
        "streams.agency services.commissioner savings.agency pools.host agencies.agency "
        "successions.successor",
    ),
}


@dataclass(frozen=True)
class Follows:
    """Tells which findings of a place follow from which others.

    Parameters
    ----------
    place : Place
        The place.
    """

    place: Place

    def __call__(self, findings: Sequence[Finding]) -> Mapping[Finding, Finding]:
        """For each finding that follows from another of them: that other.

        Only the first errors are looked at: what follows from a later one stands by itself.
        """
        groups: dict[tuple[object, ...], list[Finding]] = {}
        for one in findings:
            if one.severity == "error" and one.code in _CAUSES:
                groups.setdefault((one.code, one.table, one.column, one.what), []).append(one)
        first = list(groups.values())[:_MOST_TRACED]
        after = [(group[0], self.resting_on(group, findings)) for group in first]
        causes: dict[Finding, Finding] = {}
        # What takes most with it is the likeliest cause.
        for cause, following in sorted(after, key=lambda pair: -len(pair[1])):
            for one in following:
                if one not in causes and _root(causes, cause) != one:
                    causes[one] = cause
        return {one: _root(causes, one) for one in causes}

    def resting_on(self, errors: Sequence[Finding], findings: Iterable[Finding]) -> list[Finding]:
        """Those of some findings that rest on cells with errors, all of one column."""
        wrong: Keys = {}
        for error in errors:
            for kind, keys in self._keys.of_cause(error).items():
                wrong.setdefault(kind, set()).update(keys)
        cells = {errors[0].code, errors[0].table, f"{errors[0].table}.{errors[0].column}"}
        own = {(each.table, each.row, each.column) for each in errors}
        return [
            one
            for one in findings
            if one not in errors
            and (
                _rests_on_cell(one, errors[0], own)
                or (_rests(one, errors[0], cells) and self._linked(one, wrong))
            )
        ]

    def _linked(self, finding: Finding, wrong: Keys) -> bool:
        by = set(_rests_on(finding)[0].split()) & wrong.keys()
        if not by:
            return True
        own = self._keys.of(finding)
        shared = by & own.keys()
        return bool(shared) and all(
            None in wrong[kind] or None in own[kind] or wrong[kind] & own[kind] for kind in shared
        )

    @cached_property
    def _keys(self) -> _KeysOfFindings:
        return _KeysOfFindings(Examination(self.place))


def _root(causes: Mapping[Finding, Finding], one: Finding) -> Finding:
    while one in causes:
        one = causes[one]
    return one


def _rests_on(finding: Finding) -> tuple[str, str]:
    """The keys and the cells of a finding; of keys those that the schema names."""
    table = schema().get(finding.table)
    if table is not None and finding.code == "unknown-key":
        refers = table.column(str(finding.column)).refers or ""
        return refers.partition(".")[2], refers
    if table is not None and finding.code == "doubled-key":
        return " ".join(table.key), " ".join(f"{table.name}.{name}" for name in table.key)
    return _RESTS_ON.get(finding.code, ("", ""))


def _rests_on_cell(finding: Finding, cause: Finding, own: Container[object]) -> bool:
    """Whether a finding is about the cell of its cause; a doubled row has other faults besides."""
    if (finding.table, finding.row, finding.column) not in own or finding.row is None:
        return False
    if cause.code in ("doubled-key", finding.code):
        return False
    if finding.code in _CAUSES and cause.code in _CAUSES:
        return _CAUSES.index(cause.code) < _CAUSES.index(finding.code)
    return finding.code in _RESTS_ON


def _rests(finding: Finding, cause: Finding, wrong: set[str]) -> bool:
    if finding.code == cause.code and cause.code != "area-cycle":
        return False
    cells = set(_rests_on(finding)[1].split())
    if cause.column is None:
        return cause.table in {cell.partition(".")[0] for cell in cells}
    return bool(cells & wrong)


class _KeysOfFindings:
    """Keys that findings are about, by the column that defines them: services, areas and so on.

    None among them stands for a key that is not known.
    """

    def __init__(self, examined: Examination) -> None:
        self._examined = examined
        self._found: dict[Finding, Keys] = {}
        # A method that remembers what it said would keep the place alive.
        self._numbered = cache(lambda table: dict(examined.rows(table)))
        self._or_like = cache(self._nearest)

    def of_cause(self, error: Finding) -> Keys:
        """What an error may have been about; an area is wrong with all that lies in it."""
        if error.code == "years-not-consecutive":
            years = sorted(set(self._examined.place.years))
            count = int(years[-1][:4]) - int(years[0][:4]) + 1
            return {"year": set(years_between(years[0], count))}
        keys = self._of_row(error.table, error.row)
        column = _column(error)
        if column is not None and (kind := _kind(error.table, column)):
            keys.setdefault(kind, set()).update(self._meant(kind, column, error))
        if error.table == "areas" and "area" in keys:
            tree = self._examined.geography
            below = {area for key in keys["area"] - {None} for area in tree.descendants(key)}
            keys["area"] |= below | ({tree.root} - set(tree.areas))
        return keys

    def of(self, finding: Finding) -> Keys:
        """What a finding is about; a service stands in the areas and for the money it has."""
        if finding not in self._found:
            self._found[finding] = self._of(finding)
        return self._found[finding]

    def _of(self, finding: Finding) -> Keys:
        column = _column(finding)
        if finding.code in ("unknown-value", "no-value-there"):
            keys = self._unknown_in_subject(finding)
        elif finding.code == "unknown-key" and column is not None:
            kind = _kind(finding.table, column)
            keys = {kind: {self._cell(finding)} | self._meant(kind, column, finding)}
        else:
            keys = self._of_row(finding.table, finding.row)
            if finding.code == "year-outside":
                keys["year"] = {self._cell(finding)}
        steps = [("streams", "stream"), ("services", "service")]
        if finding.table == "services":
            steps = [("offers", "service"), ("today", "service"), *steps]
        for table, kind in steps:
            for number, row in self._numbered(table).items():
                if getattr(row, kind) in keys.get(kind, ()):
                    _add(keys, self._of_row(table, number))
        if "area" in keys:
            tree = self._examined.geography
            keys["area"] |= {up for key in keys["area"] - {None} for up in tree.path(key)}
        return keys

    def _cell(self, finding: Finding) -> Any:
        return getattr(
            self._numbered(finding.table).get(finding.row or 0), str(finding.column), None
        )

    def _of_row(self, name: str, number: int | None) -> Keys:
        """The keys of a row: its own and those that it refers to."""
        table = schema().get(name)
        row = self._numbered(name).get(number or 0) if table is not None else None
        if table is None or row is None:
            return {}
        keys: Keys = {}
        for column in table.columns:
            kind = _kind(name, column)
            if not kind or column.descriptive or (name, column.name) in _OF_A_WIDER_AREA:
                continue
            cell = getattr(row, column.name)
            if not is_blank(cell):
                keys.setdefault(kind, set()).add(cell)
            elif column.required:
                keys.setdefault(kind, set()).add(None)
            elif kind == "area":
                keys.setdefault(kind, set()).add(self._examined.geography.root)
        if name == "rules":
            for kind, values in _subject(row).items():
                keys.setdefault(kind, set()).update(self._or_like(kind, value) for value in values)
        return keys

    def _meant(self, kind: str, column: Column, error: Finding) -> set[Any]:
        """What a cell with a key that is wrong may have been meant to hold."""
        cell = self._cell(error)
        if is_blank(cell):
            return {None}
        if column.refers is None:
            return {"".join(letter for letter in str(cell) if letter.isprintable()).strip()}
        return {self._or_like(kind, cell)}

    def _nearest(self, kind: str, key: Any) -> Any:
        """A key that there is, or else the one most like it, or None."""
        known = self._known(kind)
        return key if key in known else nearest(str(key), sorted(map(str, known)))

    def _known(self, kind: str) -> set[Any]:
        defining = [refers.split(".") for refers in _referred() if refers.endswith(f".{kind}")]
        return {key for table, name in defining for _, key in self._examined.cells(table, name)}

    def _unknown_in_subject(self, finding: Finding) -> Keys:
        subject = _subject(self._numbered("rules").get(finding.row or 0))
        return {
            kind: unknown
            for kind, values in subject.items()
            if (known := self._known(kind)) and (unknown := set(values) - known)
        }


def _add(keys: Keys, more: Keys) -> None:
    for kind, values in more.items():
        keys.setdefault(kind, set()).update(values)


def _column(finding: Finding) -> Column | None:
    table = schema().get(finding.table)
    return table.column(str(finding.column)) if table and finding.column in table.names else None


def _kind(table: str, column: Column) -> str:
    """The name of the column that defines the keys of another; empty where it holds none."""
    if column.refers:
        return column.refers.partition(".")[2]
    own = f"{table}.{column.name}" in _referred() or schema()[table].key == (column.name,)
    return column.name if own else ""


@cache
def _referred() -> frozenset[str]:
    """Columns that define keys which others refer to."""
    return frozenset(
        column.refers for table in schema().values() for column in table.columns if column.refers
    )


def _subject(row: Any) -> Mapping[str, tuple[str, ...]]:
    try:
        return parse_subject(getattr(row, "subject", None))
    except WrongArgument:
        return {}
