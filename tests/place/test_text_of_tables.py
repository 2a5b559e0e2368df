"""The text of a table reads the same in every encoding, or the place is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

import placebudget as pb
from placebudget.errors import InvalidPlace
from placebudget.place import Findings, Place, read


def written(folder: Path, content: bytes) -> Path:
    pb.example("toy_pooling").write(folder)
    (folder / "agencies.csv").write_bytes(content)
    return folder


def agencies(folder: Path) -> str:
    pb.example("toy_pooling").write(folder)
    return (folder / "agencies.csv").read_text("utf-8")


def refused(folder: Path) -> Findings:
    try:
        return read(folder).check().errors
    except InvalidPlace as error:
        return Findings(error.findings).errors


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_that_say_what_they_are_and_all_line_ends_read_the_same(
    tmp_path: Path, encoding: str, end: str
) -> None:
    text = agencies(tmp_path / "a").replace("\r\n", "\n").replace("\n", end)
    place: Place = read(written(tmp_path / "b", text.encode(encoding)))
    assert place.agencies.equals(pb.example("toy_pooling").agencies)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (",", ";", "wrong-delimiter"),
        (",", "\t", "wrong-delimiter"),
        ("\ncouncil,", "\ncouncil\u00a0,", "stray-space"),
        ("\ncouncil,", "\ncoun\u2009cil,", "unseen-character"),
        ("\ncouncil,", "\ncoun\u200bcil,", "unseen-character"),
        ("agency,", "agency,agency,", "doubled-column"),
        ("agency,", "\u200bagency,", "unknown-column"),
    ],
)
def test_text_that_would_read_otherwise_is_refused(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    text = agencies(tmp_path / "a").replace("\r\n", "\n").replace(before, after)
    assert code in refused(written(tmp_path / "b", text.encode())).codes


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_table_without_any_text_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "missing-header" in refused(written(tmp_path / "a", content)).codes


@pytest.mark.parametrize("word", ["NA", "NULL", "None", "nan"])
def test_words_that_mean_blank_elsewhere_are_names(tmp_path: Path, word: str) -> None:
    text = agencies(tmp_path / "a").replace("Toyland Council", word)
    assert word in read(written(tmp_path / "b", text.encode())).agencies["name"].tolist()


@pytest.mark.parametrize("figure", ["0,125", "0,050", "-0,125", "00,125", "£0,125"])
def test_a_group_of_thousands_never_follows_a_leading_nought(tmp_path: Path, figure: str) -> None:
    text = "outcome,name,unit,weight\n" + f'points,Points,point,"{figure}"\n'
    pb.example("toy_pooling").write(tmp_path / "a")
    (tmp_path / "a" / "outcomes.csv").write_text(text, "utf-8")
    assert [each.row for each in refused(tmp_path / "a").of("wrong-type")] == [2]


def test_thousands_in_groups_are_still_read_and_said(tmp_path: Path) -> None:
    text = agencies(tmp_path / "a").replace("Toyland Council", "Toyland")
    folder = written(tmp_path / "b", text.encode())
    funding = (folder / "funding.csv").read_text("utf-8").replace(",30000000,", ',"30,000,000",')
    (folder / "funding.csv").write_text(funding, "utf-8")
    place = read(folder)
    assert place.funding["amount"].tolist()[0] == 30e6
    assert "read-as" in place.check().codes
