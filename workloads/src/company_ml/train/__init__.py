"""Trains a model on a feature table and registers it in the development schema."""
