"""Stands in front of Temporal's UI: its list shows the payment status, and a payment opens at its details."""
