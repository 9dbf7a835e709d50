"""A validation error as one line that names field and rule, never the value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from holdfast.antom.models import Env, Order, RawCardMetaData, RequestModel, format_validation_error

PAN = "4117347806156383"
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.just("SECRET-VALUE"), st.just(PAN)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def formatted(model: type[RequestModel], fields: object) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    return format_validation_error(caught.value)


def test_several_broken_rules_are_joined_in_one_line() -> None:
    line = formatted(Order, {"referenceOrderId": 7, "orderDescription": "x" * 257, "orderAmount": []})
    assert line == (
        "referenceOrderId: must be a string; orderDescription: at most 256 characters;"
        " orderAmount: must be an object"
    )


def test_line_has_at_most_five_rules() -> None:
    line = formatted(RawCardMetaData, {f"field{number}": 1 for number in range(9)})
    assert line.count("; ") == 4


@pytest.mark.parametrize(
    "name",
    [
        PAN,
        "4117 3478 0615 6383",
        "4117-3478-0615-6383",
        "4117.3478.0615.6383",
        "4117__3478--0615  6383",
        f"card{PAN}x",
        "٤١١٧٣٤٧٨٠٦١٥٦٣٨٣",
        "4\n1\n1\n7\n3\n4\n7\n8\n0\n6\n1\n5\n6\n3\n8\n3",
    ],
)
def test_card_number_in_a_field_name_is_masked(name: str) -> None:
    line = formatted(RawCardMetaData, {name: "1"})
    assert "*" in line
    assert sum(character.isdigit() for character in line) == 0


def test_unprintable_field_name_does_not_break_the_line() -> None:
    line = formatted(RawCardMetaData, {"a\nb\x1b[31m\u2028c" + "d" * 500: 1})
    assert line.isprintable()
    assert len(line) < 150


def test_short_number_in_a_field_name_is_kept() -> None:
    assert formatted(Env, {"terminalType": "WEB", "field12": 1}) == "field12: is not a known field"


def test_rule_without_own_wording_is_one_line_without_the_value() -> None:
    assert formatted(Env, {"terminalType": "WEB", "screenWidth": PAN[:6] + "x"}).startswith("screenWidth: ")
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python("x")
    assert format_validation_error(caught.value).startswith("Input should be")


def texts_of_refusal(model: type[RequestModel], fields: object) -> tuple[str, str]:
    """Returns the formatted error and its own text; both are empty when no rule is broken."""
    try:
        model.model_validate(fields)
    except ValidationError as error:
        return format_validation_error(error), str(error)
    return "", ""


@pytest.mark.parametrize("model", [Order, Env, RawCardMetaData])
@given(fields=JSON)
def test_formatted_error_never_contains_a_value(model: type[RequestModel], fields: object) -> None:
    line, text = texts_of_refusal(model, fields)
    assert "\n" not in line
    assert "SECRET-VALUE" not in line + text
    assert PAN not in line + text


@pytest.mark.parametrize("name", RawCardMetaData.model_fields)
@pytest.mark.parametrize("value", [PAN, [PAN], {"a": PAN}, {PAN: "a"}, int(PAN)])
def test_formatted_error_never_contains_a_card_number(name: str, value: object) -> None:
    line, _ = texts_of_refusal(RawCardMetaData, {name: value})
    assert PAN not in line
    assert not line or line.startswith(name)
