"""What the worker process does beside running workflows and activities."""
