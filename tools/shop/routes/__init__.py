"""The routes of the shop, by what a person does: fill the cart, check out, follow an order, keep the shop."""
