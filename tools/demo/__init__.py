"""`make demo`: all of Holdfast on one machine with a simulated gateway, and payments that show its life."""
