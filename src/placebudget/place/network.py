"""The way of the money as a graph: agency, stream, pool, service, area, outcome, agency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from placebudget.place.conditions import DIRECT, Conditions, least_paid
from placebudget.place.geography import is_blank
from placebudget.place.population import needs_of
from placebudget.place.subjects import Line, lines_of

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from placebudget.place.place import Place

EXCHEQUER_SECTOR = "dwp"


def network(place: Place) -> MultiDiGraph:
    """The network of a place, with amounts, limits and conditions on its edges.

    Nodes are pairs (layer, key), ``("stream", "county_council_tax")`` say; their
    attributes are ``layer``, ``key``, ``name`` and what the table says of them.
    Every edge has a ``kind``. Amounts are pounds; what changes over the years is
    a dictionary by year.

    ============  ==================  ==============================================
    kind          from > to           other attributes
    ============  ==================  ==============================================
    becomes       agency > agency     year, share: who takes over
    receives      agency > stream     funding
    contributes   stream > pool       minimum, maximum (None: no limit), stays_in_area,
                                      legal_power, ring_fence (None: any purpose)
    direct        stream > service    areas, ring_fence, today (by area): where the
                                      stream's direct money may pay
    pooled        pool > service      areas, streams, purposes (None: any), today (by
                                      area): where the pool may pay, and whose money
    delivered     service > area      one edge an offer: offer, unit_cost, index,
                                      capacity, provider, delivery_model, today, need
                                      (people by year)
    effect        area > outcome      one edge a service: service, the effect's chain,
                                      at_risk (by year)
    saving        outcome > agency    value, price_year, cashable, transfer, to_exchequer
    ============  ==================  ==============================================

    The path of a service goes on over the edges that name it: an area's edge to
    an outcome belongs to the path of its ``service`` only.

    Money that is spent today where its conditions do not let it has an edge with
    its amounts and without the area.

    Parameters
    ----------
    place : Place
        The place.

    Returns
    -------
    networkx.MultiDiGraph
        A new graph each time; changing it leaves the place as it is.

    Examples
    --------
    >>> import placebudget as pb
    >>> graph = pb.example("toy_pooling").network()
    >>> sorted(graph.successors(("stream", "nhs_money")))
    [('pool', 'one_pool'), ('service', 'home_care')]
    """
    from networkx import MultiDiGraph

    graph = MultiDiGraph(name=place.name)
    conditions = Conditions(place)
    lines = lines_of(place, conditions.geography)
    _add_nodes(graph, place, conditions)
    _add_successions(graph, place)
    _add_funding(graph, place)
    _add_contributions(graph, place, conditions)
    _add_payments(graph, place, conditions, lines)
    _add_offers(graph, place, conditions)
    _add_effects(graph, place, conditions, lines)
    _add_savings(graph, place)
    return graph


def _add_nodes(graph: MultiDiGraph, place: Place, conditions: Conditions) -> None:
    for table, layer in (
        ("agencies", "agency"),
        ("streams", "stream"),
        ("pools", "pool"),
        ("services", "service"),
        ("areas", "area"),
        ("outcomes", "outcome"),
    ):
        for row in place.filled(table).to_dict("records"):
            key = row[layer]
            if not is_blank(key):
                about = {name: value for name, value in row.items() if not is_blank(value)}
                graph.add_node((layer, key), **{"name": key, **about, "layer": layer, "key": key})
    root = conditions.geography.root
    if ("area", root) not in graph:
        graph.add_node(("area", root), layer="area", key=root, name=place.title)


def _funding(place: Place) -> dict[str, dict[str, float]]:
    """What each stream brings, by year."""
    funding: dict[str, dict[str, float]] = {}
    for row in place.funding.itertuples():
        funding.setdefault(row.stream, {})[row.year] = row.amount
    return funding


def _add_successions(graph: MultiDiGraph, place: Place) -> None:
    for row in place.filled("successions").itertuples():
        who = ("agency", row.agency), ("agency", row.successor)
        _edge(graph, *who, "becomes", year=row.year, share=row.share)


def _add_funding(graph: MultiDiGraph, place: Place) -> None:
    funding = _funding(place)
    for row in place.streams.itertuples():
        amounts = funding.get(row.stream, {})
        _edge(graph, ("agency", row.agency), ("stream", row.stream), "receives", funding=amounts)


def _add_contributions(graph: MultiDiGraph, place: Place, conditions: Conditions) -> None:
    funding = _funding(place)
    for (pool, stream), rows in place.filled("contributions").groupby(["pool", "stream"]):
        held, brought = _by_year(place, rows.itertuples()), funding.get(stream, {})
        _edge(
            graph,
            ("stream", stream),
            ("pool", pool),
            "contributes",
            minimum={year: least_paid(row, brought.get(year, 0.0)) for year, row in held.items()},
            maximum={year: _or_none(row.maximum) for year, row in held.items()},
            stays_in_area={year: row.stays_in_area for year, row in held.items()},
            legal_power={year: _or_none(row.legal_power) for year, row in held.items()},
            ring_fence=_sorted(conditions.fence(stream)),
        )


def _add_payments(
    graph: MultiDiGraph, place: Place, conditions: Conditions, lines: list[Line]
) -> None:
    areas: dict[tuple[str, str, str], dict[str, None]] = {}
    streams: dict[tuple[str, str], dict[str, None]] = {}
    for stream in place.streams["stream"].dropna():
        for line in lines:
            for route in conditions.routes(stream, line)[0]:
                payer = stream if route == DIRECT else route
                layer = "stream" if route == DIRECT else "pool"
                areas.setdefault((layer, payer, line.service), {})[line.area] = None
                streams.setdefault((payer, line.service), {})[stream] = None
    today = _today(place, conditions)
    for layer, payer, service in dict.fromkeys((*areas, *today)):
        reached = areas.get((layer, payer, service), {})
        about: dict[str, Any] = {
            "areas": tuple(reached),
            "today": today.get((layer, payer, service), {}),
        }
        if layer == "stream":
            about["ring_fence"] = _sorted(conditions.fence(payer))
        else:
            about["purposes"] = _sorted(conditions.purposes(payer))
            about["streams"] = tuple(streams.get((payer, service), {}))
        kind = "direct" if layer == "stream" else "pooled"
        _edge(graph, (layer, payer), ("service", service), kind, **about)


def _add_offers(graph: MultiDiGraph, place: Place, conditions: Conditions) -> None:
    key = conditions.geography.key
    need: dict[tuple[str, str], list[Any]] = {}
    for row in needs_of(place).itertuples():
        need.setdefault((row.service, key(row.area)), []).append(row)
    named = place.today.dropna(subset=["offer"]).groupby("offer")["amount"].sum()
    blank = place.today[place.today["offer"].isna()]
    lines = zip(blank["service"], map(key, blank["area"]), blank["amount"], strict=True)
    of_line: dict[tuple[str, str], float] = {}
    for service, area, amount in lines:
        of_line[service, area] = of_line.get((service, area), 0.0) + amount
    for row in place.filled("offers").to_dict("records"):
        line = row["service"], key(row["area"])
        people: dict[str, float] = {}
        for (service, area), rows in need.items():
            if service == line[0] and conditions.geography.is_within(area, line[1]):
                for year, held in _by_year(place, rows).items():
                    people[year] = people.get(year, 0.0) + held.people
        about = {name: _or_none(value) for name, value in row.items()}
        about["today"] = float(named.get(row["offer"], 0.0)) + of_line.get(line, 0.0)
        about["need"] = people
        about.pop("area")
        _edge(graph, ("service", line[0]), ("area", line[1]), "delivered", row["offer"], **about)


def _add_effects(
    graph: MultiDiGraph, place: Place, conditions: Conditions, lines: list[Line]
) -> None:
    at_risk: dict[tuple[str, str], list[Any]] = {}
    for row in place.at_risk.itertuples():
        at_risk.setdefault((row.outcome, conditions.geography.key(row.area)), []).append(row)
    for row in place.filled("effects").to_dict("records"):
        about = {name: _or_none(value) for name, value in row.items() if name != "outcome"}
        for line in lines:
            if line.service == row["service"]:
                rows = at_risk.get((row["outcome"], line.area), [])
                limits = {year: held.most for year, held in _by_year(place, rows).items()}
                _edge(
                    graph,
                    ("area", line.area),
                    ("outcome", row["outcome"]),
                    "effect",
                    line.service,
                    **about,
                    at_risk=limits,
                )


def _add_savings(graph: MultiDiGraph, place: Place) -> None:
    sectors = dict(zip(place.agencies["agency"], place.agencies["sector"], strict=True))
    for row in place.filled("savings").itertuples():
        _edge(
            graph,
            ("outcome", row.outcome),
            ("agency", row.agency),
            "saving",
            value=row.value,
            price_year=_or_none(row.price_year),
            cashable=row.cashable,
            transfer=row.transfer,
            to_exchequer=sectors.get(row.agency) == EXCHEQUER_SECTOR,
        )


def _edge(
    graph: MultiDiGraph,
    start: tuple[str, str],
    end: tuple[str, str],
    kind: str,
    key: str | None = None,
    **about: Any,
) -> None:
    # A row that refers to nothing is a finding; here it would make a node of nothing.
    if start in graph and end in graph:
        graph.add_edge(start, end, key=key or kind, **{**about, "kind": kind})


def _today(place: Place, conditions: Conditions) -> dict[tuple[str, str, str], dict[str, float]]:
    today: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in place.today.itertuples():
        payer = ("stream", row.stream) if is_blank(row.pool) else ("pool", row.pool)
        spent = today.setdefault((*payer, row.service), {})
        area = conditions.geography.key(row.area)
        spent[area] = spent.get(area, 0.0) + row.amount
    return today


def _by_year(place: Place, rows: Iterable[Any]) -> dict[str, Any]:
    """Rows by year: one of its own before the one for each year."""
    held: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for row in rows:
        if is_blank(row.year):
            held = dict.fromkeys(place.years, row)
        else:
            own[row.year] = row
    return {**held, **own}


def _sorted(purposes: frozenset[str] | None) -> tuple[str, ...] | None:
    return None if purposes is None else tuple(sorted(purposes))


def _or_none(value: Any) -> Any:
    return None if is_blank(value) else value
