"""The gateway's operations, each in a module of its own."""
