"""The microservice `deep.helloworld:sample:say-hello`."""

import pytest


def test_it_greets(say_hello):
    assert say_hello({"Name": "Ada"}) == (200, {"Message": "Hello, Ada!"})


@pytest.mark.parametrize("name", ["A", "", "x" * 256, "Ada Lovelace", "<b>", None, 5])
def test_it_refuses_what_is_no_name(say_hello, name):
    status, error = say_hello({"Name": name})
    assert status == 400
    assert {field["path"] for field in error["validationErrors"]} == {"Name"}
