"""The workflow `CardPayment`, which processes one payment from the pay call to a final status."""
