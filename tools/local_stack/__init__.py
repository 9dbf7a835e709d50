"""Starts Temporal, the simulator, the worker and the webhook as processes on one machine."""
