"""What the value of a plan rests on: figures of its place, and a plan kept while one moves."""
