"""The torture run: many payments of every kind under injuries and faults, judged by the gateway's ledger."""
