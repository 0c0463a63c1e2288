"""Runs in open forms: labelled arrays and tables."""
