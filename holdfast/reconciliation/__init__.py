"""The comparison of payments with the gateway's records: requests, reports and the client that starts it."""
