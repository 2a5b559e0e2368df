"""``python -m placebudget`` and the command ``placebudget``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from placebudget.cli import app

    app(prog_name="placebudget")


if __name__ == "__main__":
    main()
