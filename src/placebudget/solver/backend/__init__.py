"""PuLP and HiGHS: how a programme reaches a solver, and what comes back."""
