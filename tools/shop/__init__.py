"""A web shop that takes card payments with `PaymentClient`: the buyer's pages and the shopkeeper's."""
