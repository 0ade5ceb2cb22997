"""One module per topic; each function is pure and is described by the decorator above it."""
