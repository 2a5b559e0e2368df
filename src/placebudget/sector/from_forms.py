"""A panel from published forms, read by the reader of the forms that places are made from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, instance, refusal, sequence, text
from placebudget.errors import WrongArgument
from placebudget.importing import Published, read, register
from placebudget.importing.forms import forms
from placebudget.place import Settings
from placebudget.place.findings import Finding
from placebudget.place.origin import Origin
from placebudget.place.settings import financial_year, start_of
from placebudget.sector.panel import PanelData, panel
from placebudget.texts import listed

COUNCILS = ("county", "unitary", "metropolitan", "london", "district")
"""Kinds of bodies that are councils."""

_KEY = ["code", "year"]
_PARTS = ("numerator", "denominator", "value")


def panel_from(
    files: Iterable[Published | str | os.PathLike[str]],
    *,
    measures: pd.DataFrame | None = None,
    name: str = "panel",
) -> PanelData:
    """A panel of what published forms hold of councils.

    Parameters
    ----------
    files : paths, or what ``pb.importing.read`` gives
        Published forms: revenue outturn, settlement, unit costs, outcomes, deprivation.
    measures : DataFrame, optional
        Rows of the table measures whose ``form`` and ``numerator``, ``denominator`` or ``value``
        say where in a form each stands; default: those of the panel that comes along.
    name : str, optional
        Name of the panel.

    Returns
    -------
    PanelData
        What reading the forms had to say is among its findings.

    Raises
    ------
    UnreadableTable
        If a file is no published form.
    WrongArgument
        If none of the files holds any of the measures.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.sector.panel_from([])
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: no file holds any of the measures; forms they stand in: ...
    """
    with Arguments() as asked:
        given = asked.read(_several, files)
        asked.read(text, "name", name)
        about = panel().measures if measures is None else measures
        asked.read(instance, "measures", about, pd.DataFrame, "rows of the table measures")
    held = [each if isinstance(each, Published) else read(each) for each in given]
    found, remarks = [], list[Finding]()
    for each in held:
        meant = about[about["form"] == each.form.key]
        rows = [_observed(each, row) for row in meant.to_dict("records")]
        found += [frame for frame in rows if len(frame)]
        remarks += [replace(one, severity="warning") for one in each.findings]
    if not found:
        known = listed(dict.fromkeys(about["form"].dropna()))
        raise WrongArgument(f"no file holds any of the measures; forms they stand in: {known}")
    seen = pd.concat(found, ignore_index=True)
    seen = seen.drop_duplicates(["authority", "year", "measure"])
    authorities = authorities_table(seen["authority"])
    seen = seen[seen["authority"].isin(authorities["authority"])]
    tables = {
        "authorities": authorities,
        "measures": about[about["measure"].isin(seen["measure"])].assign(
            source=lambda rows: rows["form"], part_of=lambda rows: _there(rows, "part_of")
        ),
        "observations": seen,
        "sources": _sources(held),
    }
    return PanelData(Settings(name, ()), tables, Origin(remarks=tuple(remarks)))


def _several(files: object) -> list[Any]:
    given = sequence(files)
    if given is None or not all(isinstance(each, Published | str | os.PathLike) for each in given):
        raise refusal("files", "paths of published files, or what pb.importing.read gives", files)
    return list(given)


def _there(rows: pd.DataFrame, column: str) -> pd.Series:
    """Keys of the table's own, and blank where the row they name is not there."""
    return rows[column].where(rows[column].isin(rows["measure"]))


def _observed(form: Published, about: Mapping[Any, Any]) -> pd.DataFrame:
    """Observations of one measure in a form."""
    table = form.in_pounds()
    table = table[(table["code"] != "") & table["value"].notna()]
    parts = {
        name: _sum_of(form, table, str(about[name]))
        for name in _PARTS
        if isinstance(about[name], str) and about[name]
    }
    if not parts:
        return pd.DataFrame()
    # Where there is neither the value nor what is divided, there is no figure.
    told = [name for name in ("value", "numerator") if name in parts]
    frame = pd.DataFrame(parts).dropna(how="all", subset=told).reset_index()
    published = "value" in parts and "+" not in str(about["value"])
    # A calendar year stands for the financial year that begins in it.
    years = {year: financial_year(start_of(year)) for year in frame["year"].unique()}
    return frame.assign(
        authority=frame["code"],
        year=frame["year"].map(years),
        measure=about["measure"],
        source=form.form.key,
        status="published" if published else "derived",
    ).drop(columns="code")


def _sum_of(form: Published, table: pd.DataFrame, said: str) -> pd.Series:
    """Lines of a form added up by authority and year; nothing where one of them is missing."""
    total: pd.Series | None = None
    for part in said.split("+"):
        line, _, measure = part.strip().partition(".")
        measure = measure or forms()[form.form.key].measure_of(line)
        rows = table[(table["line"] == line) & (table["measure"] == measure)]
        values = rows.drop_duplicates(_KEY).set_index(_KEY)["value"].astype(float)
        total = values if total is None else total + values
    return pd.Series(dtype=float) if total is None else total


def authorities_table(codes: Iterable[str]) -> pd.DataFrame:
    """The table authorities of councils by their codes, with those that followed them.

    Examples
    --------
    >>> authorities_table(["E06000028"])[["authority", "to", "successor"]].values[0].tolist()
    ['E06000028', '2018-19', 'E06000058']
    """
    known = register()
    wanted = list(dict.fromkeys(code for code in codes if code in known))
    for code in wanted:
        wanted += [each for each in known[code].became if each in known and each not in wanted]
    held = [known[code] for code in wanted if known[code].kind in COUNCILS]
    there = {each.code for each in held}
    rows = []
    for each in held:
        county = each.county if each.county != each.code and each.county in there else None
        after = [code for code in each.became if code in there]
        several = listed(known[code].name for code in after) if len(after) > 1 else None
        rows.append(
            {
                "authority": each.code,
                "name": each.name,
                "class": each.kind,
                "region": each.region or None,
                "parent": county,
                "from": financial_year(each.began) if each.began else None,
                "to": financial_year(each.ended - 1) if each.ended else None,
                "successor": after[0] if len(after) == 1 else None,
                "note": f"became {several}" if several else None,
            }
        )
    columns = ["authority", "name", "class", "region", "parent", "from", "to", "successor", "note"]
    return pd.DataFrame(rows, columns=columns)


def _sources(held: Iterable[Published]) -> pd.DataFrame:
    found: dict[str, dict[str, str]] = {}
    for each in held:
        years = " to ".join(dict.fromkeys((each.years[0], each.years[-1]))) if each.years else ""
        found.setdefault(
            each.form.key,
            {
                "source": each.form.key,
                "title": each.form.title,
                "publisher": each.form.publisher,
                "year": years,
                "reference": f"{each.file}{f', {each.edition}' if each.edition else ''}",
            },
        )
    return pd.DataFrame(list(found.values()))
