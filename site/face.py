"""What mkdocstrings is to know of the package beyond what its sources say at once."""

from __future__ import annotations

import re
from typing import Any

from griffe import Alias, Extension, Module, Object

ROLE = re.compile(r":(?:class|func|meth|attr|mod|exc|data):`~?([\w.]+)`")


class Face(Extension):
    """Public names are what Python gives for them, and names in docstrings are links."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Give the function where a function and its module have one name."""
        for name in map(str, pkg.exports or []):
            found = pkg.members[name]
            if found.is_module and name in found.members:
                meant = found.members[name]
                if found.parent is pkg and not found.is_alias:
                    # A path through this very name would lead in a circle.
                    meant.parent = pkg
                    pkg.members[name] = meant
                else:
                    pkg.members[name] = Alias(name, meant.canonical_path, parent=pkg)

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Turn a name in a docstring into a link to what it names."""
        if obj.docstring:
            around = [each for each in (obj, obj.parent) if each and each.is_class]

            def link(match: re.Match[str]) -> str:
                name = match[1].removeprefix("placebudget.")
                near = [of.path for of in (*around, obj.module) if _of_its_own(of, name)]
                return f"[`{name}`][{(near or ['placebudget'])[0]}.{name}]"

            obj.docstring.value = ROLE.sub(link, obj.docstring.value)


def _of_its_own(of: Object, name: str) -> bool:
    return name in of.members and not of.members[name].is_alias
