"""What nobody should have to read: raw keys, names of methods, Python."""

from __future__ import annotations

import html
import re

KEY = re.compile(r"(?<![\w/.\\-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?!\w|/|\.\w)")
METHOD = re.compile(
    r"\b(shapley|nucleolus|owen point|least core|leximin|gini|coalitions?)\b", re.IGNORECASE
)
PYTHON = re.compile(r"(?<![\w’])'\w[^'\n]{0,60}'(?!\w)|\b(None(?! of)|nan|NaN|inf|True|False)\b")
HIDDEN = re.compile(r"<(style|script|dt|dd)\b.*?</\1>", re.DOTALL)
# Names people type: commands and files, and the name of the library.
TYPED = re.compile(r"(placebudget study \S+|\S+\.(xlsx|json|html|csv|ipynb|toml)|risk_share)")


def faults(where: str, text: str) -> list[str]:
    """What a text has that nobody should have to read."""
    if "What the words mean" in text:
        text = text[: text.rindex("What the words mean")]
    read = html.unescape(re.sub(r"<[^>]*>", "\n", HIDDEN.sub(" ", text)))
    read = TYPED.sub(" ", read)
    found = []
    for pattern in (KEY, METHOD, PYTHON):
        for hit in pattern.finditer(read):
            around = read[max(hit.start() - 30, 0) : hit.end() + 30].replace("\n", " ")
            found.append(f"{where}: {hit[0]!r} in …{around}…")
    return found
