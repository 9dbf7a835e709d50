"""The activities that read and delete card data in the card vault."""
