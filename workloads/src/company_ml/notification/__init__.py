"""Telling people: what a Teams message looks like."""
