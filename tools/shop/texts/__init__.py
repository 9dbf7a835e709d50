"""Statuses, declines and refusals as sentences for the people who read the pages."""
