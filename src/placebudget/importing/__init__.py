"""Published forms: read as tidy tables, and a place of one's own made from them."""

from placebudget.importing.authorities import Authority, register
from placebudget.importing.forms import PublishedForm, forms
from placebudget.importing.partners import SECTORS, Partner
from placebudget.importing.place_from import FirstDraft, place_from
from placebudget.importing.published import Published, write_published
from placebudget.importing.reading import read

__all__ = [
    "SECTORS",
    "Authority",
    "FirstDraft",
    "Partner",
    "Published",
    "PublishedForm",
    "forms",
    "place_from",
    "read",
    "register",
    "write_published",
]
