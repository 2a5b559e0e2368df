"""The place: its schema and tables, reading and writing, checks, network and reach."""
