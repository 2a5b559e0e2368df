"""Tables that stand by themselves: one file gets one answer wherever it is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import placebudget as pb
from placebudget.cli import app
from placebudget.errors import UnreadableTable, WrongArgument
from placebudget.place.io.loose import FLOWS, loose_table, read_loose
from placebudget.view.studies import STUDIES
from placebudget.work.asking import table_of

GOOD = "start,end,amount\n0101,0900,30\n101,0900,20\n0900,0500,40\n"


def by_command(content: bytes, tmp_path: Path) -> Any:
    file = tmp_path / "the file"
    file.with_suffix(".csv").write_bytes(content)
    done = CliRunner().invoke(app, ["study", "trace", str(file.with_suffix(".csv")), "--json"])
    return done.exit_code, done.stderr.replace("the file.csv", "the file").strip()


def by_board(content: bytes, _: Path) -> Any:
    try:
        pb.trace(table_of(content, STUDIES["trace"].brought).frame)
    except UnreadableTable as error:
        return 1, str(error)
    return 0, ""


SPOILT = {
    "a heading in capitals": b"Start,end,amount\ntax,pool,5\n",
    "a column that is not known": b"start,end,amount,colour\ntax,pool,5,red\n",
    "a column twice": b"start,end,amount,amount\ntax,pool,5,6\n",
    "no headings": b"",
    "headings only": b"start,end,amount\n",
    "a title above": b"Flows 2025-26\n\nstart,end,amount\ntax,pool,5\n",
    "a line for the spreadsheet": b"sep=,\nstart,end,amount\ntax,pool,5\n",
    "semicolons": b"start;end;amount\ntax;pool;5\n",
    "a cell too many": b"start,end,amount\ntax,pool,1,5\n",
    "a comma for decimals after a nought": b'start,end,amount\ntax,pool,"0,125"\n',
    "a mark of a footnote": "start,end,amount\ntax,pool,300¹\n".encode(),
    "per cent in pounds": b"start,end,amount\ntax,pool,25%\n",
    "a total": b"start,end,amount\ntax,pool,5\nTotal,,5\n",
    "a total with an end": b"start,end,amount\ntax,pool,5\nTotal,pool,5\n",
    "a footnote": b"start,end,amount\ntax,pool,5\nSource: ledger,,\n",
    "a blank amount": b"start,end,amount\ntax,pool,\n",
    "not available": b"start,end,amount\ntax,pool,NA\n",
    "a space round a name": b"start,end,amount\ntax ,pool,5\n",
    "letters of an old Windows": "start,end,amount\ncafé,pool,5\n".encode("cp1252"),
    "a quote left open": b'start,end,amount\n"tax,pool,5\n',
}


@pytest.mark.parametrize("name", list(SPOILT))
def test_what_is_wrong_in_a_table_is_told_alike_on_the_command_line_and_on_a_board(
    name: str, tmp_path: Path
) -> None:
    content = SPOILT[name]
    refused = by_board(content, tmp_path)
    assert refused[0] == 1
    assert refused == by_command(content, tmp_path)


FINE = {
    "as it is written": GOOD.encode(),
    "with the mark of Excel": GOOD.encode("utf-8-sig"),
    "as Windows writes text": GOOD.encode("utf-16"),
    "lines of Windows": GOOD.replace("\n", "\r\n").encode(),
    "a comma at the end of each row": GOOD.replace("\n", ",\n").encode(),
    "blank lines": GOOD.replace("\n", "\n\n").encode(),
    "notes beside": b"start,end,amount,note\n0101,0900,30,1\n101,0900,20,2\n0900,0500,40,3\n",
    "pounds": GOOD.replace("30", "£30.00").encode(),
}


@pytest.mark.parametrize("name", list(FINE))
def test_what_means_one_thing_is_read_alike_and_keys_keep_their_noughts(name: str) -> None:
    flows = loose_table("flows.csv", FINE[name], FLOWS).frame
    found = pb.trace(flows).table.set_index("origin")["amount"].to_dict()
    assert found == {"0101": 24.0, "101": 16.0}


def test_rows_are_counted_as_a_spreadsheet_counts() -> None:
    with pytest.raises(UnreadableTable, match="row 5, amount"):
        loose_table("flows.csv", b"start,end,amount\n\ntax,pool,5\n\ntax,pool,x\n", FLOWS)


def test_a_name_that_means_nothing_in_pandas_is_a_name() -> None:
    flows = loose_table("flows.csv", b"start,end,amount\nNA,null,5\n", FLOWS).frame
    assert pb.trace(flows).table[["origin", "end"]].to_numpy().tolist() == [["NA", "null"]]


def test_a_figure_that_was_not_written_plainly_is_said(tmp_path: Path) -> None:
    file = tmp_path / "flows.csv"
    file.write_text("start,end,amount\ntax,pool,£1.2m\n", "utf-8")
    table = read_loose(file, FLOWS)
    assert [(each.row, each.what) for each in table.remarks] == [(2, "'£1.2m' is read as 1200000.")]
    done = CliRunner().invoke(app, ["study", "trace", str(file)])
    assert "is read as 1200000" in done.stderr


LINES = "line,budget,actual\nbeds,50,62\nvisits,50,48\n"
SHARES = "partner,share,cap\ncouncil,40,2\nnhs,60,\n"


def agreement(tmp_path: Path, lines: str, shares: str) -> tuple[int, str]:
    (tmp_path / "lines.csv").write_text(lines, "utf-8")
    (tmp_path / "shares.csv").write_text(shares, "utf-8")
    command = ["study", "risk_share", str(tmp_path / "lines.csv")]
    done = CliRunner().invoke(app, [*command, "--shares", str(tmp_path / "shares.csv")])
    return done.exit_code, done.stdout + done.stderr


def test_a_cap_counts_and_a_heading_that_only_looks_like_it_is_refused(tmp_path: Path) -> None:
    code, said = agreement(tmp_path, LINES, SHARES)
    assert code == 0
    assert "council: £2.00" in said
    code, said = agreement(tmp_path, LINES, SHARES.replace("cap", "Cap"))
    assert code == 1
    assert "There is no column 'Cap'. Did you mean cap?" in said


def test_a_total_is_not_shared_once_more(tmp_path: Path) -> None:
    code, said = agreement(tmp_path, LINES + "Total,100,110\n", SHARES)
    assert code == 1
    assert "row 4, line: 'Total' seems to be a sum of the rows above" in said


MONEY = "stream,service,year,amount\ncouncil_money,family_support,2025-26,20000000\n"


@pytest.mark.parametrize(
    ("heading", "said"),
    [("Route", "Did you mean route?"), ("offers", "Did you mean offer?"), ("amount", "twice")],
)
def test_a_column_of_money_that_is_not_known_is_never_dropped(
    tmp_path: Path, heading: str, said: str
) -> None:
    rows = MONEY.replace("amount\n", f"amount,{heading}\n").replace("000\n", "000,1\n")
    (tmp_path / "money.csv").write_text(rows, "utf-8")
    command = ["simulate", "toy_pooling", "--money", str(tmp_path / "money.csv")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    "ask",
    [
        lambda extra: pb.simulate(pb.example("toy_pooling"), pd.DataFrame(columns=[
            "stream", "service", "year", "amount", extra])),
        lambda extra: pb.trace(pd.DataFrame(columns=["start", "end", "amount", extra])),
        lambda extra: pb.risk_share(
            pd.DataFrame(columns=["line", "budget", "actual", extra]),
            pd.DataFrame({"partner": ["nhs"], "share": [100]}),
        ),
    ],
)  # fmt: skip
def test_a_frame_with_a_column_that_is_not_known_is_refused_as_well(
    ask: Callable[[str], Any],
) -> None:
    with pytest.raises(WrongArgument, match="has no column 'colour'"):
        ask("colour")


def test_money_that_does_not_fit_is_told_by_the_row_of_the_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "money.csv").write_text(MONEY.replace("family_support", "nothing"), "utf-8")
    command = ["simulate", "toy_pooling", "--money", str(tmp_path / "money.csv")]
    assert "row 2: no offer of 'nothing'" in CliRunner().invoke(app, command).stderr


def test_a_name_with_what_cannot_be_seen_is_refused_as_in_a_place() -> None:
    with pytest.raises(UnreadableTable, match=r"row 2, start: .* U\+200B ZERO WIDTH SPACE"):
        loose_table("flows.csv", "start,end,amount\nta\u200bx,pool,5\n".encode(), FLOWS)
