"""Where data came from and where it went, from Databricks' system tables.

``documented`` is what the tables look like, ``core`` walks the lineage, ``run`` is the job.
"""
