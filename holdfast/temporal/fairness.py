"""Fairness between merchant accounts: they share a task queue, however many tasks one of them has in it.

A payment's workflow carries its account as Temporal's fairness key, and its activities inherit the key. A
server with fairness enabled dispatches waiting tasks of the accounts in turn; other servers ignore the key.
"""

from temporalio.common import Priority


def account_priority(merchant_account: str) -> Priority:
    """Returns the priority with which the workflows of an account are started.

    Clients in other languages set the account's alias as fairness key themselves.
    """
    return Priority(fairness_key=merchant_account)
