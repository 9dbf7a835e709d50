"""The merchant accounts of a process and one gateway client for each."""
