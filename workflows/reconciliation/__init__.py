"""The workflow `Reconciliation`: compares payments with the gateway's records."""
