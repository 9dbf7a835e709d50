"""Validation of what a merchant service sends: strict models, and the detection of card data."""
