"""`each_case` runs every case in one test, and a failure names the failed cases."""

import pytest

from tests.support.each_case import each_case

ORDER = [(1, 10), (1, 20), (2, 10), (2, 20)]


@each_case("first", [1, 2])
@each_case(("second", "third"), [(10, 0), (20, 0)])
def test_each_combination_runs_with_its_fixtures(
    first: int, second: int, third: int, request: pytest.FixtureRequest
) -> None:
    assert request.node.name == "test_each_combination_runs_with_its_fixtures"
    seen = request.node.user_properties
    seen.append((first, second + third))
    assert seen == ORDER[: len(seen)]


def test_failure_names_the_failed_cases() -> None:
    seen: list[int] = []

    @each_case("number", range(5))
    def is_even(number: int) -> None:
        seen.append(number)
        assert number % 2 == 0, number

    with pytest.raises(AssertionError, match="1") as error:
        is_even()
    assert seen == [0, 1, 2, 3, 4]
    assert error.value.__notes__ == ["2 of 5 cases fail:\nnumber=1\nnumber=3"]
