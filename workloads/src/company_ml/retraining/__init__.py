"""Retraining: when reports ask for it, and never twice within the cool-down."""
