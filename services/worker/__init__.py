"""The parts of the worker process beside its workflows and activities."""
