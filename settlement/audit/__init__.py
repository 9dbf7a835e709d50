"""The audit trail of a payment, which people read and no decision does."""
