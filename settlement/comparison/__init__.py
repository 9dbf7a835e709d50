"""The comparison of a payment with the gateway's record of it."""
