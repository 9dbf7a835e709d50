"""The workflow `CardPayment`: one payment from pay to its end."""
