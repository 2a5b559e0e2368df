"""What a little more or less of a limit, or of money on a service, would do."""
