"""The stages of a plan: objectives in order, what gives way, the nearest to today."""
