"""Stands in for MLflow's command line: what it serves answers with its version."""
