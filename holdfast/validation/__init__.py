"""Checks of what a merchant service sends: strict models and a search for card data."""
