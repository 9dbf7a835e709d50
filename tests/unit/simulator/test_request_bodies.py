"""The simulator keeps the bodies that it received, without the values of card data."""

from holdfast.antom.models import CARD_FIELDS
from simulator.request_bodies import REMOVED, RequestBodies


def test_values_of_card_data_are_removed_at_any_depth() -> None:
    bodies = RequestBodies()
    card = dict.fromkeys(CARD_FIELDS, "secret")
    bodies.append(
        "pay", {"order": {"goods": [{"goodsName": "tea", **card}]}, "mpiData": {"eci": "05", **card}}
    )
    [body] = bodies.of("pay")
    removed = dict.fromkeys(CARD_FIELDS, REMOVED)
    assert body == {
        "order": {"goods": [{"goodsName": "tea", **removed}]},
        "mpiData": {"eci": "05", **removed},
    }


def test_bodies_are_by_operation_and_the_newest_are_kept() -> None:
    bodies = RequestBodies()
    for number in range(1001):
        bodies.append("cancel" if number % 2 else "capture", {"number": number})
    assert len(bodies.of("cancel")) + len(bodies.of("capture")) == 1000
    assert bodies.of("capture")[0] == {"number": 2}
    assert bodies.of("pay") == []
