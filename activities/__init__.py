"""Everything with a side effect: the calls to the gateway, and the card vault they read.

Workflows import `activities.calls` alone: names, arguments and results, no I/O.
"""
