"""Serving endpoints on a laptop: Databricks' API before real ``mlflow models serve`` processes.

``endpoints`` is what the API promises, ``model_servers`` the processes, ``tables`` what is logged,
``http`` the outside. Start it with ``python -m sandbox.serving_router``.
"""
