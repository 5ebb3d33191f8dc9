"""Names both ways (parity 51, 76, 114)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deep import names


def test_a_reference_splits_at_its_first_colon() -> None:
    """Parity 51."""
    assert names.split_reference("@deep.todo:js/app/react/index.js") == ("deep.todo", "js/app/react/index.js")
    assert names.split_reference("@ deep.todo : task:create ") == ("deep.todo", "task:create")


@pytest.mark.parametrize("reference", ["", "@", "deep.todo:x", "@deep.todo", "@:x", "@deep.todo:", "@deep.todo:a b", "@deep.todo: "])
def test_a_malformed_reference_is_refused_with_the_form_expected(reference: str) -> None:
    """Parity 51."""
    with pytest.raises(ValueError, match="not of the form '@microapp:path'"):
        names.split_reference(reference)


def test_an_action_identifier_goes_both_ways() -> None:
    assert names.split_action(names.action_identifier("deep.todo", "task", "create")) == ("deep.todo", "task", "create")
    assert names.split_action("@deep.todo:task:create") == ("deep.todo", "task", "create")


@pytest.mark.parametrize("identifier", ["deep.todo", "deep.todo:task", "a:b:c:d", "a::c", ":b:c"])
def test_a_malformed_action_identifier_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="microapp:resource:action"):
        names.split_action(identifier)


def test_the_api_path_has_dashes_for_dots() -> None:
    assert names.action_path("deep.todo", "task", "create") == "/deep-todo/task/create"


def test_the_local_arn_is_the_originals() -> None:
    assert names.local_function_arn("deep.todo", "task", "create") == "arn:aws:lambda:::function:deep.todo-task-create"


def test_a_table_is_named_deep_env_model_hash() -> None:
    """Parity 76."""
    hash_ = names.app_hash("123456789012", "todo")
    assert len(hash_) == 8
    assert names.table_name("dev", "Todo", hash_) == f"DeepDevTodo{hash_}"
    assert names.table_name("dev", "Todo", hash_, own=True) == f"DeepDevTodo-own{hash_}"


def test_hashes_are_padded_on_the_left() -> None:
    """Parity 114: the original padded on the right, so that two checksums could give one hash."""
    short = next(number for number in range(10_000) if names.app_hash("", str(number)).startswith("0"))
    assert int(names.app_hash("", str(short)), 16) < 1 << 28


def test_an_identifier_that_begins_and_ends_alike_has_a_name() -> None:
    """Parity 114: the original divided by zero here."""
    assert names.function_name("dev", "aba", "xx", "yy", "0" * 8) == "DeepDevAbaXxYy00000000"


@given(st.text(alphabet="abcdefgh-._", min_size=1, max_size=200), st.sampled_from(sorted(names.CLOUD_NAME_LIMITS)))
def test_no_name_is_longer_than_its_service_allows(name: str, service: str) -> None:
    """Parity 114."""
    assert len(names.cloud_name("stage", name, "0123abcd", service=service)) <= names.CLOUD_NAME_LIMITS[service]


def test_two_long_names_never_become_one() -> None:
    """Parity 114."""
    long = "a" * 80
    first, second = (names.function_name("dev", long, "task", action, "0123abcd") for action in ("create", "delete"))
    assert len(first) == len(second) == names.CLOUD_NAME_LIMITS["lambda"]
    assert first != second
