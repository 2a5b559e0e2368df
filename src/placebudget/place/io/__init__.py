"""Places from files and into files: folders, archives, workbooks, packages, loose tables."""

import os

# Workbooks are read by defusedxml, which refuses entities, also where lxml is installed beside it;
# and written so that a full disk says so. What has loaded openpyxl before keeps what it has.
os.environ.setdefault("OPENPYXL_LXML", "False")
