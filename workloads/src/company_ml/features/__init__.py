"""Feature tables: created with keys, written by merging, joined as of a time, published online."""
