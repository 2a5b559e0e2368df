"""``placebudget check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from placebudget.place import example

Command = Callable[..., Result]


@pytest.fixture
def with_an_error(tmp_path: Path) -> Path:
    """A stream of an agency nobody knows."""
    place = example("toy_pooling")
    streams = place.streams
    streams.loc[0, "agency"] = "nobody"
    folder = tmp_path / "wrong"
    place.with_(streams=streams).write(folder)
    return folder


def test_a_place_with_an_error_ends_with_one_and_says_where(
    placebudget: Command, with_an_error: Path
) -> None:
    done = placebudget("check", with_an_error)
    assert done.exit_code == 1
    assert "streams, row 2, agency" in done.stdout
    assert done.stderr == ""


def test_json_holds_all_findings(placebudget: Command, with_an_error: Path) -> None:
    done = placebudget("check", with_an_error, "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert document["errors"] == 1
    first = document["findings"][0]
    assert (first["severity"], first["table"], first["row"], first["column"]) == (
        "error",
        "streams",
        2,
        "agency",
    )
    assert set(first) == {
        *("code", "severity", "table", "row", "column", "what", "mend", "follows_from")
    }


def test_what_cannot_be_read_is_a_finding_too(placebudget: Command, tmp_path: Path) -> None:
    example("toy_pooling").write(tmp_path / "toy")
    table = tmp_path / "toy" / "funding.csv"
    header, first, *others = table.read_text("utf-8").splitlines()
    cells = first.split(",")
    cells[header.split(",").index("amount")] = "plenty"
    table.write_text("\n".join([header, ",".join(cells), *others]) + "\n", "utf-8")
    done = placebudget("check", tmp_path / "toy", "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)["findings"]
    assert [(each["table"], each["column"]) for each in found] == [("funding", "amount")]


@pytest.mark.parametrize(
    ("flags", "code", "shown"),
    [((), 0, True), (("--strict",), 1, True), (("--errors-only",), 0, False)],
)
def test_warnings_are_shown_and_stop_only_who_is_strict(
    placebudget: Command, tmp_path: Path, flags: tuple[str, ...], code: int, shown: bool
) -> None:
    place = example("toy_pooling")
    place.with_(offers=place.offers.assign(source=None)).write(tmp_path / "unsourced")
    done = placebudget("check", tmp_path / "unsourced", *flags)
    assert (done.exit_code, "warning: offers" in done.stdout) == (code, shown)
    as_json = placebudget("check", tmp_path / "unsourced", *flags, "--json")
    assert (as_json.exit_code, bool(json.loads(as_json.stdout)["warnings"])) == (code, shown)


def test_errors_end_with_one_whatever_is_left_out(
    placebudget: Command, with_an_error: Path
) -> None:
    for flags in ((), ("--strict",), ("--errors-only",)):
        assert placebudget("check", with_an_error, *flags).exit_code == 1


def test_what_follows_is_counted_under_its_cause_and_named_in_json_and_with_all(
    placebudget: Command, tmp_path: Path
) -> None:
    place = example("northvale")
    areas = place.areas
    areas.loc[areas["area"] == "mills", "parent"] = "mills"
    place.with_(areas=areas).write(tmp_path / "circle")
    row = int(areas.index[areas["area"] == "mills"][0]) + 2
    cause = f"areas, row {row}, parent [area-cycle]"
    shown = placebudget("check", tmp_path / "circle").stdout.rstrip().split("\n")
    assert len(shown) == 3
    assert shown[1].startswith(f"- error: areas, row {row}, parent: mills is part of itself")
    document = json.loads(placebudget("check", tmp_path / "circle", "--json").stdout)
    follow = [each for each in document["findings"] if each["follows_from"]]
    assert {each["follows_from"] for each in follow} == {cause}
    assert len(follow) == document["errors"] + document["warnings"] - 1
    assert f"and {len(follow)} findings that follow from it" in shown[2]
    in_full = placebudget("check", tmp_path / "circle", "--all").stdout
    assert in_full.count(f"(follows from {cause})") == len(follow)


def test_a_place_without_findings_ends_with_nought(placebudget: Command) -> None:
    done = placebudget("check", "toy_pooling")
    assert (done.exit_code, done.stdout) == (0, "No findings.\n")
