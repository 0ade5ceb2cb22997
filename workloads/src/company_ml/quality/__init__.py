"""Data quality: what a table promises, and whether it keeps it."""
