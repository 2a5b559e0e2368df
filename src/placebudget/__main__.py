"""``python -m placebudget``, the command ``placebudget``."""

from __future__ import annotations

from placebudget_command import main

if __name__ == "__main__":
    main()
