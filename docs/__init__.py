"""Documentation generated from the code: ``python -m docs`` writes, ``--check`` compares."""
