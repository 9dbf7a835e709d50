"""`make demo`: Holdfast on one machine with a simulated gateway, and payments that show what it does."""
