"""Whose turn it is: merchant accounts share a task queue fairly, however much one of them has in it.

A payment's workflow carries its account as Temporal's fairness key, and its activities inherit it. Where
tasks wait, a server with fairness switched on takes one of each account in turn; others ignore the key.
"""

from temporalio.common import Priority


def in_turn_of(merchant_account: str) -> Priority:
    """As a start of a workflow takes it. Other clients set the account's alias as fairness key themselves."""
    return Priority(fairness_key=merchant_account)
