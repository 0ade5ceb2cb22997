"""Predictions as rows: what an endpoint's inference table holds as JSON, one row per record."""
