"""The gateway's notifications: their content, their delivery, and what a test changes about it."""
