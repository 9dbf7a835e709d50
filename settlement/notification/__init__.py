"""Notifications as workflows receive them: verified, or too late for a running payment."""
