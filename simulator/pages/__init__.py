"""The hosted pages that a buyer sees: the cashier page, and the 3DS challenge of the card's issuer."""
