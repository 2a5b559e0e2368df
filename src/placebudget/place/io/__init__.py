"""Places from files and into files: folders, archives, workbooks, packages, loose tables."""
