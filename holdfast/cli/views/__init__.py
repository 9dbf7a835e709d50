"""What the commands print: a payment, lists of payments, reviews, reports and checks."""
