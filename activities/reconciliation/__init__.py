"""The activities of a reconciliation: they read payments and inquire at the gateway."""
