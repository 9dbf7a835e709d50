"""The activities of a reconciliation, which read payments and inquire at the gateway."""
