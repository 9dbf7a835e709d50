"""What a fault-injection run verifies, with the gateway's ledger as the reference."""
