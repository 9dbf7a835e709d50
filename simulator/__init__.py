"""A stateful test double of the Antom gateway, with a ledger of all money movements and fault injection.

It reads requests from their raw JSON, and shares only keys, signatures and paths with `holdfast.antom`.
"""
