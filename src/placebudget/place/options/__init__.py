"""Options: named, composable changes to a place, stored as JSON beside it."""

from placebudget.place.options.changes import Add, Change, Remove, Scale, Set
from placebudget.place.options.document import option_between, option_document, read_document
from placebudget.place.options.option import Option, file_stem
from placebudget.place.options.stored import (
    delete_option,
    named_option,
    options_folder,
    rename_option,
    save_option,
    stored_options,
)

__all__ = [
    "Add",
    "Change",
    "Option",
    "Remove",
    "Scale",
    "Set",
    "delete_option",
    "file_stem",
    "named_option",
    "option_between",
    "option_document",
    "options_folder",
    "read_document",
    "rename_option",
    "save_option",
    "stored_options",
]
