"""Why a plan gives what it gives: one service, and the prices of limits, in words."""
