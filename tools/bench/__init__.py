"""`make bench`: how soon a payment continues after the worker with its pay call was killed."""
