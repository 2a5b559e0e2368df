"""What an outturn cannot say of a service, borrowed from the library of evidence.

An outturn holds money by line. What a unit of a service costs, how fast it can shrink, what it
brings about and what that is worth is the library's, row by row with its source, year and status,
so that each such figure stands, and is mended, in one place. How a first draft arranges its
services, and which row of the library each borrows, stands in ``usual.toml``. What the library does
not know is a placeholder there, or has no effect.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from placebudget.knowledge import Library, library
from placebudget.place import Place
from placebudget.place.place import PLACEHOLDER
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.value import price_levels
from placebudget.words import percent, whole_pounds

Row = dict[str, Any]

ASSUMED = "assumed"
"""The source of what is the project's own assumption."""

PARTS: dict[str, dict[str, float | str | None]] = {
    "adult_social_care": {
        "home_care": 0.27,
        "residential_care": 0.45,
        "reablement": 0.02,
        "falls_prevention": 0.005,
        "other_adult_social_care": None,
    },
    "childrens_social_care": {
        "children_in_care": 0.52,
        "family_hubs": 0.07,
        "family_group_conferences": 0.0025,
        "other_children_social_care": None,
    },
    "public_health": {
        "drug_alcohol_treatment": 0.26,
        "stop_smoking": 0.05,
        "other_public_health": None,
    },
    "housing": {
        "homelessness_prevention": 0.209,
        "temporary_accommodation": 0.341,
        "other_housing": None,
    },
    "education": {"schools": "schools_grant", "education": None},
    "highways_transport": {"highways": None},
    "cultural": {"culture": None},
    "environmental": {"environment": None},
    "planning": {"planning": None},
    "central": {"central_services": None},
    "fire": {"home_safety_visits": 0.06, "fire_response": None},
    "police": {
        "neighbourhood_policing": 0.167,
        "domestic_abuse_support": 0.019,
        "hot_spot_patrols": 0.006,
        "other_policing": None,
    },
    "nhs": {
        "emergency_care": 0.262,
        "community_nursing": 0.079,
        "mental_health_crisis": 0.017,
        "hospital_at_home": 0.0045,
        "other_nhs": None,
    },
    "dwp": {"other_dwp": None},
}
"""Services a line is divided into: the share of each as in the example, or the grant that pays for
it; the last, the rest."""

AT_RISK = 0.125
"""Most that can be avoided of a service led by need, as a share of today's units: an assumption."""

BEYOND = 1.5
"""Need of a service led by money, of whose effect something is known, in today's: an assumption."""

RETURNS = ((0.5, 1.0), (1.0, 0.6))
"""Up to which share of need a service works how well: those first who gain most, an assumption."""

TURNOVER = "reablement"
"""The service of the library whose release is that of posts: they go as people leave."""

GUESSED_IN = "2024-25"
"""The year whose prices placeholders for unit costs are in."""

PRICES_AHEAD = 0.02
"""Rise of prices a year where the library's deflators have ended: an assumption."""


@cache
def _usual() -> Mapping[str, Mapping[str, Row]]:
    text = (files("placebudget.importing") / "usual.toml").read_text("utf-8")
    found: Mapping[str, Mapping[str, Row]] = tomllib.loads(text)
    return found


def known() -> Library:
    """The library that is borrowed from."""
    return library()


def of(role: str) -> Row:
    """What is known of a service of a first draft; nothing for one that it does not know."""
    return _usual()["services"].get(role, {})


def begun(sector: str) -> Mapping[str, Row]:
    """Help, and what prevents the need for it, with which an agency of a new place begins.

    Examples
    --------
    >>> [each["name"] for each in begun("council").values()]
    ['adult social care', 'reablement']
    """
    found: Mapping[str, Row] = _usual()["sectors"][sector]
    return found


def outcome_of(key: str) -> Row:
    """What is known of an outcome of a first draft."""
    return _usual()["outcomes"][key]


def effects_of(role: str) -> list[Row]:
    """The effects of a service: which estimate stands for which outcome."""
    return list(of(role).get("effects", ()))


@cache
def _library_row(table: str, key: str, value: str) -> Row:
    """The row of a table of the library, read by all and changed by none."""
    rows = known().filled(table)
    found = rows[rows[key] == value]
    return {} if found.empty else _written(found.iloc[0].to_dict())


def _written(row: Mapping[Any, Any]) -> Row:
    """A row without its blanks."""
    return {str(name): value for name, value in row.items() if not pd.isna(value)}


def measured(role: str) -> bool:
    """Whether units of a service are more than money: what one costs is known then, or to be."""
    return "service" in of(role)


def service_row(role: str) -> Row:
    """Name, purpose, nature, unit, and whether need leads it, of a service that is known."""
    said = of(role)
    row = {"name": said["name"], "purpose": said["purpose"], "nature": "universal"}
    if not measured(role):
        return row
    held = _library_row("services", "service", said["service"])
    row |= {"nature": said.get("nature", held["nature"]), "unit": said.get("unit", held["unit"])}
    return {**row, "led_by": "need"} if held["led_by"] == "need" else row


def offer_row(role: str) -> Row:
    """How a service is bought and what a unit costs, with source, status and note.

    A unit cost that the library does not know is a placeholder.
    """
    return dict(_offer(role))


@cache
def _offer(role: str) -> Row:
    said = of(role)
    row: Row = {"delivery_model": said.get("delivery_model", "in-house")}
    row |= {"index": said.get("index", GENERAL)}
    if not measured(role):
        return row
    notes = []
    cost = _cost(said)
    if cost is None:
        row |= {"unit_cost": said["cost"], "price_year": GUESSED_IN, "source": ASSUMED}
        row["status"] = PLACEHOLDER
        notes.append(f"{said['why']}, nobody’s figure yet: the library knows no unit cost")
    else:
        row |= cost
        notes.append(row.pop("note"))
    release = _library_row("release", "service", said["service"])
    if "release" in said:
        row["release"] = said["release"]
        notes.append(f"{percent(said['release'])} of it can go in a year, an assumption")
    elif release:
        row["release"] = release["share"]
        notes.append(f"what can go in a year is the library’s: {release['note'].rstrip('.')}")
    elif "build" in said:
        posts = _library_row("release", "service", TURNOVER)
        row["release"] = posts["share"]
        notes.append(f"posts go as people leave, {percent(posts['share'])} a year")
    if "build" in said:
        row["build"] = said["build"]
        notes.append(f"at most {percent(said['build'])} more a year, an assumption")
    row["note"] = "; ".join(notes)
    return row


def _cost(said: Row) -> Row | None:
    """The unit cost of the library, its price year, source, status and where it stands."""
    costs = known().unit_costs
    if "cost_of" in said:
        edition, code = said["cost_of"]
        picked = costs[(costs["edition"] == edition) & (costs["code"] == code)].iloc[0]
        amount, units, status = float(picked["cost"]), 1.0, "illustrative"
    else:
        usual = known().unit_cost(said["service"])
        if usual is None:
            return None
        edition, code, status = usual.edition, usual.code, usual.status
        picked = costs[(costs["edition"] == edition) & (costs["code"] == code)].iloc[0]
        amount, units = usual.amount, float(picked["usual_units"])
    held = _written(picked.to_dict())
    times = "" if units == 1 else f", times {units:g}"
    note = [f"Library: {edition}, {code}, {whole_pounds(held['cost'])} a {held['unit']}{times}"]
    note.append(held["kind"] if held["kind"] != "net" else "net of what others pay")
    if "note" in held:
        note.append(str(held["note"]).rstrip("."))
    return {
        "unit_cost": round(amount, 2), "price_year": held["price_year"],
        "source": held["source"], "status": status, "note": "; ".join(note),
    }  # fmt: skip


def nothing_found(role: str) -> str:
    """What was looked for and not found of a service, in words; blank where nothing was."""
    key = of(role).get("nothing")
    if not key:
        return ""
    row = _library_row("estimates", "estimate", key)
    what = str(row["outcome"]).replace("_", " ")
    return (
        f"No effect on {what} was found ({row['design']}, {row['place']}, {row['year']}: {key} of "
        "the library), so it keeps its money"
    )


def law_and_findings(role: str, tiers: Iterable[str]) -> Row:
    """The duty to provide a service, and the source that found no difference by it.

    Parameters
    ----------
    role : str
        What the service is to a first draft.
    tiers : iterable of str
        Tiers of councils whose duties are meant, where they differ: "upper", "lower".
    """
    said = of(role)
    acts = said.get("acts", [said["service"]] if "service" in said else [])
    if isinstance(acts, Mapping):
        acts = [key for tier in tiers for key in acts.get(tier, ())]
    duties = [_library_row("services", "service", key).get("duty") for key in acts]
    row: Row = {}
    if duty := "; ".join(dict.fromkeys(filter(None, duties))):
        row["duty"] = duty
    if "nothing" in said:
        row["no_difference"] = _library_row("estimates", "estimate", said["nothing"])["source"]
    return row


def outcome_row(key: str) -> Row:
    """An outcome and what one is worth, with source, status and note."""
    said = outcome_of(key)
    row: Row = {name: said[name] for name in ("name", "unit", "better", "weight") if name in said}
    row |= {"outcome": key, "price_year": "", "source": ASSUMED, "status": "illustrative"}
    notes = []
    for kind in ("economic", "social"):
        if kind not in said:
            continue
        value, times = _library_row("values", "value", said[kind]), said.get("of", 1)
        row[f"{kind}_value"] = round(value["amount"] * times, 2)
        row |= {name: value[name] for name in ("price_year", "source", "status")}
        notes.append(f"Library: {said[kind]}, {value['name']}, {whole_pounds(value['amount'])}")
        if times != 1:
            row["status"] = PLACEHOLDER
            notes.append(f"{said['why']}, nobody’s figure yet")
    if "discount" in said:
        row["discount"] = said["discount"]
    if "weight" in said:
        notes.append("its weight is an assumption")
    none = "No value of its own: the need is met either way, and what it saves is that service"
    row["note"] = "; ".join(notes) if row["price_year"] else none
    return {name: value for name, value in row.items() if value != ""}


def savings_of(outcome: str) -> Iterator[tuple[str, Row, str]]:
    """By sector what one of an outcome saves, and the service whose cost that is."""
    for sector, (value, cashable, service) in outcome_of(outcome).get("savings", {}).items():
        held = _library_row("values", "value", value)
        note = f"Library: {value}; the share that can leave a budget is an assumption"
        yield sector, {
            "outcome": outcome, "value": held["amount"], "price_year": held["price_year"],
            "cashable": cashable, "source": held["source"], "status": "illustrative", "note": note,
        }, service  # fmt: skip


def avoided(outcome: str, role: str) -> Row | None:
    """How much of a service an outcome avoids, as a row of ``avoids``; None where it does not."""
    found = _avoided(outcome, role)
    return found and dict(found)


@cache
def _avoided(outcome: str, role: str) -> Row | None:
    said = outcome_of(outcome)
    rows = known().filled("avoids")
    rows = rows[
        (rows["outcome"] == said.get("library")) & (rows["service"] == of(role).get("service"))
    ]
    if rows.empty:
        return None
    held = _written(rows.iloc[0].to_dict())
    row = {name: held[name] for name in ("units", "source", "status", "note")}
    if "instead" in said:
        whole, other = (offer_row(each) for each in (role, said["instead"]))
        other_cost = other["unit_cost"] * level(other["price_year"], whole["price_year"])
        part = other_cost / whole["unit_cost"]
        row["units"] = round(held["units"] * (1 - part), 3)
        row["status"] = "illustrative"
        row["note"] += (
            f" Taken off: {percent(part)} of its cost, what {of(said['instead'])['name']} costs, "
            "which everybody is assumed to need in its stead."
        )
    return row


def evidence() -> Iterator[Row]:
    """The one list of grades."""
    yield from map(_written, known().grades.to_dict("records"))


@cache
def level(year: str, base: str) -> float:
    """What one pound of a year is in the prices of another, by the index general."""
    rates = pd.DataFrame(inflation(GENERAL, *sorted((year, base))))
    return float(price_levels(rates, GENERAL, year, [base])[0]) if len(rates) else 1.0


def last_deflator() -> str:
    """The last year of which the library knows how prices rose."""
    held = known().deflators
    return str(held.loc[held["index"] == GENERAL, "year"].max())


def inflation(index: str, first: str, last: str) -> Iterator[Row]:
    """Rates of an index after the first year up to the last.

    Where the library has none for an index, the rate of general stands for it; beyond its years
    prices are assumed to rise alike.
    """
    held = _deflators()
    for start in range(start_of(first) + 1, start_of(last) + 1):
        year = financial_year(start)
        if (index, year) in held:
            yield dict(held[index, year])
        elif (GENERAL, year) in held:
            note = "No figure of its own: as the index general"
            yield {**held[GENERAL, year], "index": index, "status": "illustrative", "note": note}
        else:
            yield {
                "index": index, "year": year, "rate": PRICES_AHEAD, "source": ASSUMED,
                "status": "illustrative",
                "note": f"An assumption: the library’s deflators end in {last_deflator()}",
            }  # fmt: skip


@cache
def _deflators() -> Mapping[tuple[str, str], Row]:
    rows = known().filled("deflators").to_dict("records")
    return {(row["index"], row["year"]): _written(row) for row in rows}


def sources(used: Iterable[str]) -> list[Row]:
    """Sources of the library that rows refer to: borrowed, as they are of other places."""
    wanted = set(used)
    return [
        row for key in known().sources["source"] if key in wanted
        if (row := known().source_row(key))
    ]  # fmt: skip


def with_effects(place: Place, roles: Mapping[str, str]) -> Place:
    """The place with the effects of its services, each an estimate of the library.

    Parameters
    ----------
    place : Place
        With services, outcomes and grades.
    roles : mapping of str to str
        What each of its services is to the first draft.
    """
    for service, role in roles.items():
        for said in effects_of(role):
            option = known().use(
                place, service, said["estimate"], said["outcome"],
                baseline=said.get("baseline"), per_unit=said.get("per_unit"),
                reason=f"Assumed: {said['assumed']}" if "assumed" in said else "",
            )  # fmt: skip
            place = option.apply(place)
            effects = place.effects.copy()
            here = (effects["service"] == service) & (effects["outcome"] == said["outcome"])
            if "assumed" in said:
                guessed = said.get("placeholder", False)
                effects.loc[here, "status"] = PLACEHOLDER if guessed else "illustrative"
            if "duration" in said:
                effects.loc[here, "duration"] = said["duration"]
            place = place.with_(effects=effects)
    return place
