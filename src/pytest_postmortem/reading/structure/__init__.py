"""Sections and tables of a document."""
