"""The place: its schema and tables, reading and writing, checks, network and reach."""

from placebudget.place.checks import check
from placebudget.place.conditions import Reach
from placebudget.place.findings import Finding, Findings
from placebudget.place.geography import Geography
from placebudget.place.io.folder import UPLOADS, FileLimits, examples
from placebudget.place.io.reading import example, read
from placebudget.place.io.template import write_template
from placebudget.place.options import Option
from placebudget.place.place import Place
from placebudget.place.rule_kinds import RULE_KINDS, RuleKind
from placebudget.place.schema import Column, Table, schema
from placebudget.place.settings import Settings
from placebudget.place.subjects import SUBJECT_COLUMNS, parse_subject, write_subject
from placebudget.place.together import join_places

__all__ = [
    "RULE_KINDS",
    "SUBJECT_COLUMNS",
    "UPLOADS",
    "Column",
    "FileLimits",
    "Finding",
    "Findings",
    "Geography",
    "Option",
    "Place",
    "Reach",
    "RuleKind",
    "Settings",
    "Table",
    "check",
    "example",
    "examples",
    "join_places",
    "parse_subject",
    "read",
    "schema",
    "write_subject",
    "write_template",
]
