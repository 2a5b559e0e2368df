"""What is kept of a plan: how it was made, its file, written and read, and making it again."""
