"""What the shop sells. Prices are in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One product. `id` is also the name of its picture."""

    id: str
    name: str
    text: str
    price: int


PRODUCTS: Mapping[str, Product] = {
    product.id: product
    for product in (
        Product("mug", "Morning mug", "Holds 30 cl, and two hands around it.", 2400),
        Product("cup", "Cup and saucer", "Thin at the rim, 8 cl, for something strong.", 1850),
        Product("teapot", "Teapot", "One litre, with a spout that does not drip.", 6800),
        Product("bowl", "Soup bowl", "Speckled stoneware, 18 cm across.", 2950),
        Product("jug", "Milk jug", "Half a litre, glazed inside and out.", 3200),
        Product("vase", "Bottle vase", "For one branch, or three tulips.", 4500),
    )
}
