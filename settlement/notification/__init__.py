"""Notifications as workflows receive them: verified ones, and late ones."""
