"""`make bench`: how soon a payment goes on when the worker that holds its pay call is killed."""
