"""How a model does once the truth is known: accuracy against late labels, and bias by group."""
