"""Many cases in one test, because thousands of single tests take too much time."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

Test = Callable[..., None]


def each_case(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """Calls the test for each case, as `pytest.mark.parametrize` does, but in one test. It can be stacked.

    Every case runs. The first failure is raised, with a note that names all cases that fail.
    """
    arguments = [_arguments(names, case) for case in cases]

    def decorate(test: Test) -> Test:
        @wraps(test)
        def run(**others: object) -> None:
            errors = [(case, error) for case in arguments if (error := _error(test, {**others, **case}))]
            if errors:
                _, first = errors[0]
                first.add_note(_note([case for case, _ in errors], len(arguments)))
                raise first

        vars(run)["__signature__"] = _without(test, arguments[0])
        return run

    return decorate


def _arguments(names: str | Sequence[str], case: Any) -> dict[str, Any]:
    return {names: case} if isinstance(names, str) else dict(zip(names, case, strict=True))


def _error(test: Test, arguments: dict[str, Any]) -> Exception | None:
    try:
        test(**arguments)
    except Exception as error:
        return error
    return None


def _note(failed: list[dict[str, Any]], total: int) -> str:
    lines = [", ".join(f"{name}={value}" for name, value in case.items()) for case in failed]
    return "\n".join([f"{len(failed)} of {total} cases fail:", *lines])


def _without(test: Test, names: Iterable[str]) -> inspect.Signature:
    """Returns the signature for pytest's fixtures, without the arguments of the cases."""
    signature = inspect.signature(test)
    fixtures = [each for name, each in signature.parameters.items() if name not in {*names}]
    return signature.replace(parameters=fixtures)
