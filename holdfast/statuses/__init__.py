"""The statuses of a payment and of its attempts."""
