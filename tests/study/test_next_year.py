"""A place a year on, and what changed between two editions of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import placebudget as pb
from placebudget.cli import app
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Settings
from places import MADE_UP, YEARS, rows_of, tiny

NEXT = ("2028-29", "2029-30")


def funding(**amounts: float) -> pd.DataFrame:
    rows = [{"stream": s, "year": NEXT[1], "amount": a, **MADE_UP} for s, a in amounts.items()]
    return pd.DataFrame(rows)


def todo(found: pb.study.NextYear, table: str) -> list[str]:
    rows = found.table[found.table["table"] == table]
    return [f"{row.about}: {row.what}" for row in rows.itertuples()]


def test_years_move_by_one_and_money_of_the_year_that_comes_is_given_or_to_do() -> None:
    found = tiny().roll_forward(funding=funding(nhs_core=22e6))
    place = found.place
    assert (place.years, place.settings.today_year) == (NEXT, NEXT[0])
    assert place.settings.price_base == YEARS[0]
    brought = place.funding.set_index(["stream", "year"])["amount"]
    assert brought["nhs_core", NEXT[1]] == 22e6
    assert brought["council_tax", NEXT[1]] == 10e6
    assert YEARS[0] not in set(place.funding["year"])
    assert todo(found, "funding") == ["stream=council_tax: 2029-30 is as 2028-29"]
    carried = place.funding[place.funding["note"].notna()]
    assert carried["status"].tolist() == ["illustrative"]
    assert carried["note"].tolist() == ["As in 2028-29: not known yet"]
    assert not place.check().errors
    assert pb.optimise(place, prices=False).status == "optimal"


def test_today_is_the_outturn_else_the_plan_else_last_year_with_its_money() -> None:
    funded = [
        {**row, "amount": row["amount"] * (1.1 if row["year"] == NEXT[0] else 1.0)}
        for row in rows_of("funding")
    ]
    place = tiny(funding=funded)
    carried = place.roll_forward()
    assert carried.place.today["amount"].tolist() == pytest.approx([8.8e6, 22e6])
    assert "with the money that pays it" in todo(carried, "today")[0]
    plan = pb.optimise(place, prices=False)
    as_planned = place.roll_forward(planned=plan)
    spent = plan.tables["money"].query("year == @NEXT[0]").groupby("service")["amount"].sum()
    assert as_planned.place.today.groupby("service")["amount"].sum().to_dict() == pytest.approx(
        spent.to_dict()
    )
    assert not as_planned.place.check().errors
    outturn = pd.DataFrame(
        [{"service": "treatment", "stream": "nhs_core", "amount": 21e6, "status": "published"}]
    )
    told = place.roll_forward(planned=plan, today=outturn)
    assert told.place.today["amount"].tolist() == [21e6]
    assert todo(told, "today") == []
    planned = told.tables["planned"].set_index("service")
    assert planned.loc["treatment", "difference"] == pytest.approx(21e6 - spent["treatment"])
    assert "beside" in told.summary()
    with pytest.raises(CannotAnswer, match="no money in 2029-30"):
        carried.place.roll_forward(planned=plan)


def test_rules_and_needs_are_carried_and_what_is_past_ends() -> None:
    rules = [
        {"rule": "always", "kind": "floor", "subject": "service=treatment", "amount": 1e6,
         "basis": "policy", **MADE_UP},
        {"rule": "once", "kind": "floor", "subject": "service=treatment", "amount": 2e6,
         "year": YEARS[0], "basis": "policy", **MADE_UP},
    ]  # fmt: skip
    needs = [{"service": "treatment", "year": year, "people": 9_000, **MADE_UP} for year in YEARS]
    found = tiny(rules=rules, needs=[*rows_of("needs")[:1], *needs]).roll_forward()
    assert found.place.rules["rule"].tolist() == ["always"]
    assert todo(found, "rules")[0].startswith("rule=once: ended with its year")
    held = found.place.needs.dropna(subset=["year"])
    assert dict(zip(held["year"], held["people"], strict=True)) == dict.fromkeys(NEXT, 9_000)
    assert todo(found, "needs") == ["service=treatment: 2029-30 is as 2028-29"]
    assert found.place.offers.equals(tiny().offers)


def test_a_need_that_the_population_fills_is_not_carried() -> None:
    cohorts = [
        {"band": "85_plus", "year": year, "people": people, **MADE_UP}
        for year, people in (("2027", 10_000), ("2032", 12_000))
    ]
    shares = [{"service": "treatment", "band": "85_plus", "share": 0.5, **MADE_UP}]
    place = tiny(needs=rows_of("needs")[:1], cohorts=cohorts, prevalence=shares)
    found = place.roll_forward()
    assert todo(found, "needs") == []
    assert not found.place.check().errors


def test_new_figures_come_from_a_folder_of_files(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    funding(nhs_core=21e6, council_tax=11e6).to_csv(folder / "funding.csv", index=False)
    assert todo(tiny().roll_forward(folder), "funding") == []
    (folder / "fundings.csv").write_text("stream\n")
    with pytest.raises(WrongArgument, match=r"no table fundings.*Did you mean funding"):
        tiny().roll_forward(folder)
    with pytest.raises(WrongArgument, match=r"funding.csv is a file; give a folder with"):
        tiny().roll_forward(folder / "funding.csv")
    with pytest.raises(WrongArgument, match="files is a folder"):
        tiny().roll_forward(tmp_path / "nowhere")


def test_money_of_a_place_made_from_the_next_outturn_is_taken_for_what_the_place_has() -> None:
    today = [
        {**rows_of("today")[1], "amount": 21e6, "status": "published"},
        {"service": "hostels", "stream": "nhs_core", "amount": 1e6, **MADE_UP},
        {"service": "hostels", "stream": "lottery", "amount": 2e6, **MADE_UP},
    ]
    services = [{"service": s, "commissioner": "nhs", "purpose": "x"} for s in ("treatment",
                "hostels")]  # fmt: skip
    funded = [{"stream": "nhs_core", "year": year, "amount": 23e6} for year in NEXT]
    settings = Settings(name="new", years=NEXT)
    draft = tiny(settings, today=today, funding=funded, services=services)
    found = tiny().roll_forward(draft)
    held = found.place.today.set_index("service")["amount"]
    # What the council spent on prevention and had from council tax is no more there.
    assert held.to_dict() == {"treatment": 21e6, "hostels": 1e6}
    assert "hostels" in set(found.place.services["service"])
    assert todo(found, "services") == [
        "service=hostels: is new in the outturn, with its offer, need, effects and floor: look at "
        "what it is"
    ]
    brought = found.place.funding.set_index(["stream", "year"])["amount"]
    assert brought["nhs_core", NEXT[1]] == 23e6
    told = "\n".join(todo(found, "today"))
    assert "stream=lottery: is of nobody in the place: £2 million is left out" in told
    assert "£3 million of it is of services that are new" in told
    assert "service=prevention: is not in the new outturn" in "\n".join(todo(found, "today"))
    assert brought["council_tax"].to_dict() == {NEXT[0]: 0, NEXT[1]: 0}
    assert "stream=council_tax: is not in the new outturn" in "\n".join(todo(found, "funding"))
    # A stream that ended is nothing in the year that comes too, and that is known.
    assert "2029-30 is as" not in "\n".join(todo(found, "funding"))
    with pytest.raises(WrongArgument, match="the new outturn is that of 2027-28"):
        tiny().roll_forward(tiny())


def test_a_place_that_was_written_is_rolled_forward_by_its_folder(tmp_path: Path) -> None:
    """Its prices and what is said of it are the new outturn's; streams that are new come too."""
    grant = {"stream": "grant", "agency": "nhs", "name": "New grant", "raised": "national"}
    funded = [
        {"stream": stream, "year": year, "amount": 20e6}
        for stream in ("nhs_core", "grant", "council_tax")
        for year in NEXT
    ]
    prices = [{"index": "general", "year": year, "rate": 0.03} for year in NEXT]
    settings = Settings(
        name="new", years=NEXT, today_year=NEXT[0], price_base=NEXT[0], description="As of now"
    )
    draft = tiny(
        settings, streams=[*rows_of("streams"), grant], funding=funded, inflation=prices,
        today=[{**rows_of("today")[1], "stream": "grant", "amount": 20e6}],
    )  # fmt: skip
    found = tiny().roll_forward(draft.write(tmp_path / "draft"))
    assert found.place.settings.price_base == NEXT[0]
    assert found.place.settings.description == "As of now"
    assert found.place.today["stream"].tolist() == ["grant"]
    assert f"prices are those of {NEXT[0]}" in found.summary()
    # What is to do names it as people call it.
    assert "streams (New grant): is new in the outturn" in found.summary()
    rates = found.place.inflation.set_index(["index", "year"])["rate"]
    assert rates["general", NEXT[1]] == 0.03


def test_an_index_that_rose_as_prices_in_general_goes_on_as_they_do() -> None:
    """Pay rose by 5 % as all prices did; contracts by 4 %, and nobody knows how they go on."""
    prices = [
        {"index": index, "year": year, "rate": rate, **MADE_UP}
        for index, year, rate in (
            ("general", NEXT[0], 0.05), ("general", NEXT[1], 0.01),
            ("pay", NEXT[0], 0.05), ("contracts", NEXT[0], 0.04),
        )
    ]  # fmt: skip
    found = tiny(inflation=prices).roll_forward()
    rates = found.place.inflation.set_index(["index", "year"])["rate"]
    assert rates["pay", NEXT[1]] == 0.01
    assert rates["contracts", NEXT[1]] == 0.04
    assert todo(found, "inflation") == [
        "index=pay: 2029-30 is as the index general", "index=contracts: 2029-30 is as 2028-29",
    ]  # fmt: skip


def test_years_that_the_place_does_not_have_and_what_does_not_fit_are_to_do() -> None:
    late = funding(nhs_core=22e6).assign(year="2035-36")
    found = tiny().roll_forward(funding=late)
    assert "left out" in "\n".join(todo(found, "funding"))
    strange = pd.DataFrame([{"service": "hostels", "stream": "nhs_core", "amount": 1e6}])
    told = tiny().roll_forward(today=strange)
    assert any("No service" in each or "hostels" in each for each in todo(told, "today"))


def test_two_editions_are_compared_in_pounds_the_largest_first() -> None:
    option = (
        pb.Option("all")
        .scale("funding", 0.9, stream="nhs_core")
        .scale("needs", 1.1, service="treatment")
        .scale("offers", 1.02, "unit_cost", service="prevention")
        .set("outcomes", "social_value", 3_300, outcome="recoveries")
        .add("rules", rule="duty", kind="floor", subject="service=prevention", amount=3e6,
             unit="pounds", basis="policy")
    )  # fmt: skip
    found = pb.changes(tiny(), tiny().with_option(option))
    table = found.table.set_index("group")
    assert list(dict.fromkeys(table.index)) == [
        "money", "rules", "needs", "values and effects", "costs and prices",
    ]  # fmt: skip
    assert table["pounds"].tolist() == pytest.approx([-4e6, 3e6, 2e6, 2e6, 160e3])
    lines = found.summary().splitlines()
    assert lines[2] == "- Funding, nhs core: £40 million is now £36 million (−10%)."
    assert "- Rules: “prevention at least £3 million”: new, £3 million." in lines
    assert any("12,000 is now 13,200 (+10%); £2 million a year" in line for line in lines)
    assert any("£3,000 is now £3,300 (+10%)" in line for line in lines)
    assert pb.changes(tiny(), tiny()).summary().endswith("Nothing changed.")


def test_what_is_known_otherwise_is_a_change_and_rates_stand_as_they_were_set() -> None:
    """A rate of 2.75 % and not 2.8 %; a figure that was made up is published now."""
    prices = [{"index": "general", "year": YEARS[1], "rate": 0.0275, **MADE_UP}]
    old = tiny(inflation=prices)
    new = old.with_(
        inflation=old.inflation.assign(rate=0.031),
        funding=old.funding.assign(status="published"),
        offers=old.offers.assign(status="derived"),
    )
    found = pb.changes(old, new)
    assert "2.75% is now 3.1%" in found.summary()
    known = found.table[found.table["group"] == "where figures are from"]
    assert set(known["column"]) == {"status"}
    assert set(known["table"]) == {"funding", "offers"}
    assert set(known["after"]) == {"published", "derived"}
    assert not known["pounds"].any()


def test_that_the_years_move_on_is_no_change() -> None:
    assert set(tiny().roll_forward().changed.table["table"]) == set()


def test_a_run_says_what_changed_since_the_last_edition(tmp_path: Path) -> None:
    old = tiny().write(tmp_path / "old")
    new = tmp_path / "new"
    asked = CliRunner()
    done = asked.invoke(app, ["next-year", str(old), "--out", str(new)])
    assert done.exit_code == 0, done.output
    assert "What is still to do" in done.stdout
    # Where each line of a new outturn stands goes with the place that is rolled by its draft.
    draft = tiny(Settings(name="new", years=NEXT, today_year=NEXT[0])).write(tmp_path / "draft")
    (draft / "published").mkdir()
    (draft / "published" / "reconciliation.csv").write_text("line\n", "utf-8")
    rolled = tmp_path / "rolled"
    done = asked.invoke(app, ["next-year", str(old), "--with", str(draft), "--out", str(rolled)])
    assert done.exit_code == 0, done.output
    assert (rolled / "published" / "reconciliation.csv").read_text("utf-8") == "line\n"
    assert "to mend before it plans" not in done.stdout
    # A place that has errors says so where it is written.
    (draft / "datapackage.json").unlink()
    for file in draft.glob("*.csv"):
        file.unlink()
    (draft / "today.csv").write_text("service,stream,amount\nhostels,nhs_core,5\n", "utf-8")
    done = asked.invoke(
        app, ["next-year", str(old), "--with", str(draft), "--out", str(tmp_path / "wrong")]
    )
    assert "to mend before it plans: placebudget check" in done.stdout
    dear = pb.read(new).with_option(pb.Option("dear").scale("offers", 1.5, "unit_cost"))
    later = dear.write(tmp_path / "later")
    done = asked.invoke(app, ["changed", str(old), str(later)])
    assert "£1,000 is now £1,500 (+50%)" in done.stdout
    out = tmp_path / "out"
    done = asked.invoke(app, ["run", str(later), "--since", str(old), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "What changed since the last edition" in done.stdout
    report = (out / "report.html").read_text("utf-8")
    assert '<a href="#since">' in report
    assert "£1,000 is now £1,500 (+50%)" in report
