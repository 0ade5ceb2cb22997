"""Stacks that others would write, without our components: right ones have to pass.

Each is a preview of production: ids are unknown, and only dependencies say what belongs together.
"""
