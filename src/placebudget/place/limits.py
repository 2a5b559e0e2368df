"""How large a file may be before it is opened, unpacked or parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileLimits:
    """What reading takes on; more is refused before it is parsed.

    The defaults suit files of one's own: the largest place there could be in
    Britain, every ward with every service, stays well below them. What others
    hand in is read with :data:`UPLOADS`.

    Parameters
    ----------
    file : int
        Most bytes of one file on disk: a workbook, an archive, or one file of a folder.
    unpacked : int
        Most bytes an archive or workbook may unpack to, and most bytes of a folder.
    ratio : int
        Most times its packed size that a file inside may unpack to. Tables and
        workbooks stay below 50; files made to fill a memory reach 1,000.
    entries : int
        Most files in an archive or workbook.
    rows, columns : int
        Most rows and columns of one table.
    cells : int
        Most cells of a workbook, filled or not, all sheets together.

    Examples
    --------
    >>> FileLimits().file, UPLOADS.file
    (200000000, 5000000)
    """

    file: int = 200_000_000
    unpacked: int = 500_000_000
    ratio: int = 200
    entries: int = 2_000
    rows: int = 1_000_000
    columns: int = 300
    cells: int = 50_000_000


UPLOADS = FileLimits(file=5_000_000, unpacked=50_000_000, entries=300, rows=100_000, cells=500_000)
"""Limits for files that come from others, over the web say."""
