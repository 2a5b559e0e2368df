"""A place in a live model: figures changed in place, and solved again from the last basis."""
