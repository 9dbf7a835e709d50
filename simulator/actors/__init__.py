"""The parties besides the merchant that act on a payment: the buyer and the gateway's dashboard."""
