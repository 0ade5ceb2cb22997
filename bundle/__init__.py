"""The teams' own bundle: a project for Databricks' CLI, generated from what the stacks put out."""
