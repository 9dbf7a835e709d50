"""A stateful stand-in for the Antom gateway: a ledger of what happened to money, and faults to order.

It judges what it is sent from the raw JSON and shares only keys, signatures and paths with `antom`.
"""
