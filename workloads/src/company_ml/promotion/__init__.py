"""Moves model versions towards production: gates, approval, copy, aliases, rollback."""
