"""What the pages show of an order: to its buyer, and to the shopkeeper."""
