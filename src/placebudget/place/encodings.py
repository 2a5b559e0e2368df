"""The text of a file: by its byte-order mark, by what its package says, else UTF-8."""

from __future__ import annotations

import codecs

from placebudget.place.findings import Finding
from placebudget.texts import shown

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # The longer mark first: that of UTF-32 begins like that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = {
    "utf8": "utf-8",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "windows1252": "cp1252",
    "cp1252": "cp1252",
    "latin1": "latin-1",
    "iso88591": "latin-1",
    "ascii": "ascii",
}
_MEND = (
    'Save it as UTF-8: in Excel choose "CSV UTF-8 (Comma delimited)", in LibreOffice choose '
    "the character set Unicode (UTF-8) when saving."
)


def text_of(
    name: str, content: bytes, declared: str | None = None
) -> tuple[str | None, list[Finding]]:
    """The text of a file, or the finding that it cannot be known.

    A byte-order mark says how a file is encoded. Without one the file is read as
    the package declares it, and else as UTF-8. Encodings that merely look likely
    are not tried: £ and accents would come out as other letters without a word.

    Parameters
    ----------
    name : str
        Name of the file, for findings.
    content : bytes
        What it holds.
    declared : str, optional
        The property ``encoding`` of the resource in ``datapackage.json``.

    Examples
    --------
    >>> text_of("areas.csv", "Ynys Môn, £5".encode("utf-16"))
    ('Ynys Môn, £5', [])
    >>> text, findings = text_of("areas.csv", "£5".encode("latin-1"))
    >>> text is None, findings[0].code
    (True, 'not-utf-8')
    """
    encoding = next((codec for mark, codec in _MARKS if content.startswith(mark)), None)
    if encoding is None and declared:
        plain = declared.lower().replace("-", "").replace("_", "").replace(" ", "")
        encoding = _DECLARED.get(plain)
        if encoding is None:
            what = f"The package says it is encoded as {shown(declared)}, which is not known here."
            return None, [_unreadable(name, "unknown-encoding", what, _MEND)]
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        return None, [_undecodable(name, content, encoding, error.start)]
    if "\0" in text:
        what = "The file holds characters that are not text."
        if encoding is None and _looks_wide(content):
            what = "The file looks like UTF-16, but has no byte-order mark to say so."
        return None, [_unreadable(name, "not-text", what, _MEND)]
    return text, []


def _undecodable(name: str, content: bytes, encoding: str | None, start: int) -> Finding:
    if encoding is not None:
        what = f"It is not {encoding} text, although it says so."
        return _unreadable(name, "not-utf-8", what, _MEND)
    line = content.count(b"\n", 0, start) + 1
    what = f"Line {line} is not UTF-8 text"
    try:
        seen = content.splitlines()[line - 1].decode("cp1252").strip()
    except UnicodeDecodeError:
        return _unreadable(name, "not-utf-8", f"{what}.", _MEND)
    what += f"; if the file comes from an older Excel on Windows, the line reads {shown(seen)}."
    mend = f'{_MEND} Or declare "encoding": "windows-1252" for it in datapackage.json.'
    return _unreadable(name, "not-utf-8", what, mend)


def _looks_wide(content: bytes) -> bool:
    head = content[:2000]
    return max(head[0::2].count(0), head[1::2].count(0)) > len(head) / 4


def _unreadable(file: str, code: str, what: str, mend: str) -> Finding:
    return Finding(code, "error", file, None, None, what, mend)
