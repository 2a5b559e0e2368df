"""A choice has an address: it leads to the same choice elsewhere, and to nothing else."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.links import link_of, read_link
from placebudget.apps.widget import Board
from placebudget.work import Changes
from placebudget.work.asking import InvalidChoice
from remembering import kept

SCALED = {"change": "scale", "table": "needs", "factor": 2, "where": {}}
ENDED = {"change": "remove", "table": "ring_fences"}


def packed(said: object) -> str:
    """A link of these papers that nobody made here."""
    packing = zlib.compressobj(9, wbits=-15)
    content = packing.compress(json.dumps(said).encode()) + packing.flush()
    return "0" * 12 + "." + base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_a_link_is_short_and_holds_everything_that_a_board_has_a_control_for() -> None:
    place = pb.example("northvale")
    meeting = Meeting(place, engine=kept())
    chosen = meeting.read(
        {
            "option": next(iter(place.options()), ""),
            "objective": "net public value",
            "alone": ["police"],
            "unfenced": ["families_fund"],
            "amounts": {"homes_pledge": "65"},
            "funding": {f"{place.streams['stream'].iloc[0]}:{place.years[0]}": "123.45"},
        }
    )
    link = link_of(chosen, place)
    assert read_link(link, place) == (chosen, True)
    assert len(link) < 700
    less = pb.Option("more").scale("funding", 1.01).apply(place)
    assert read_link(link_of(Changes().switched("agency:police", False), place), less)[1] is False
    assert link_of(Changes(), place) == ""


@pytest.mark.parametrize(
    "link",
    [
        "",
        "x",
        "0" * 12 + ".x",
        packed({}),
        packed(["", "leximin", []]),
        packed(["", "public value", "much"]),
        packed(["nothing of that name", "public value", []]),
        packed(["", "public value", [{**SCALED, "column": "amount"}]]),
        packed(["", "public value", [{**ENDED, "where": {"stream": ["no"]}}]]),
        packed(["", "public value", "x" * 300_000]),
        "0" * 12 + "." + "A" * 9000,
    ],
)  # fmt: skip
def test_what_is_no_link_of_this_board_is_refused_in_words(link: str) -> None:
    with pytest.raises(InvalidChoice, match="This link"):
        read_link(link, pb.example("toy_pooling"))


def test_a_board_follows_a_link_says_where_papers_have_changed_and_sets_choices_side_by_side() -> (
    None
):
    place = pb.example("toy_pooling")
    board = Board(Meeting(place, engine=kept()))
    board.wait()
    assert board.controls["link"] == ""
    link = link_of(Changes().switched("fence:nhs_money", False), place)
    for given, older in ((link, False), ("0" * 12 + link[12:], True)):
        board._wished(board, {"do": "link", "link": given}, [])
        board.wait()
        assert "£310 million" in board.status
        assert board.controls["link"] == link
        assert ("was made of other papers" in board.shown["html"]) == older
    board._wished(board, {"do": "link", "link": "x"}, [])
    assert board.status.startswith("Nothing was recalculated. This link is damaged")
    board._wished(board, {"do": "recalculate", "choices": {}}, [])
    board.wait()
    assert "other papers" not in board.shown["html"]
    # Kept under letters, choices stand side by side, each with the link that makes it again.
    board._wished(board, {"do": "keep"}, [])
    assert board.status.startswith("Kept as choice A")
    for off in (["nhs_money"], ["council_money"]):
        board._wished(board, {"do": "recalculate", "choices": {"unfenced": off}}, [])
        board.wait()
        for _ in range(2):
            board._wished(board, {"do": "keep"}, [])
    assert list(board.meeting.kept) == ["A", "B", "C"]
    board._wished(board, {"do": "open", "screen": "beside"}, [])
    assert board.shown["title"] == (
        "In the model choice B is worth most of 3 choices, £310 million of public value; A is "
        "worth £10 million less"
    )
    html = board.shown["html"].replace("\n", "")
    assert f'href="#first~{link}"' in html
    assert re.search(r"Home care</th>.*£0.*−£10 million.*£0", html)
    assert re.search(r"Ring-fence of NHS money</th>.*kept.*kept.*ended.*kept", html)
    board.close()
