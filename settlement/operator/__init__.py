"""What an operator decides about a payment, and what an operator is shown: commands, and when to look."""
