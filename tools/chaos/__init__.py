"""The fault-injection run: many payments of every kind under faults, checked against the gateway's ledger."""
