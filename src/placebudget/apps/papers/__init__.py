"""The board's papers: all that a board shows, as pages that open from disk without a server."""

from placebudget.apps.papers.site import folder_to_write
from placebudget.apps.papers.writer import Papers, papers

__all__ = ["Papers", "folder_to_write", "papers"]
