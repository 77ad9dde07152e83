"""Renders a report; decides nothing."""
