"""The app's actions as routes. Parity 36, 108."""

from __future__ import annotations

from deep.bundle.target import Target
from deep.local.gateway.routes import Routes, routes_of
from tests.fakes.apps import action_of, app_of

TARGET = Target("dev", "0badcafe", "eu-west-1", "123456789012", development=True)


def routes() -> Routes:
    actions = [
        action_of("create", methods=("POST", "PUT")),
        action_of("retrieve", methods=("GET",), authorization="NONE"),
        action_of("inside", scope="protected"),
        action_of("hidden", scope="private"),
        action_of("elsewhere", type="external", source=None, runtime=None, url="https://example.com"),
    ]
    return routes_of(app_of(*actions), TARGET)


def test_paths_are_the_deployed_ones_and_private_actions_have_none() -> None:
    assert routes().by_path.keys() == {"/deep-todo/task/create", "/deep-todo/task/retrieve", "/deep-todo/task/inside"}
    assert routes().segments == {"deep-todo"}


def test_a_function_is_known_by_every_name_it_bears() -> None:
    names = {name for name, route in routes().by_name.items() if route.identifier == "deep.todo:task:hidden"}
    deployed = next(name for name in names if name.startswith("DeepDevDeepTodoTaskHidden"))
    assert names == {
        "deep.todo:task:hidden",
        "@deep.todo:task:hidden",
        "arn:aws:lambda:::function:deep.todo-task-hidden",
        deployed,
        f"arn:aws:lambda:eu-west-1:123456789012:function:{deployed}",
    }


def test_methods_scope_and_authorization_become_the_routes() -> None:
    by_path = routes().by_path
    create, retrieve, inside = (by_path[f"/deep-todo/task/{name}"] for name in ("create", "retrieve", "inside"))
    assert (set(create.events), create.allow) == ({"POST", "PUT"}, b"OPTIONS, POST, PUT")
    assert (set(retrieve.events), retrieve.allow) == ({"GET", "HEAD"}, b"GET, HEAD, OPTIONS")
    assert (create.signed, retrieve.signed) == (True, False)
    assert (create.is_open, inside.is_open) == (True, False)


def test_near_paths() -> None:
    assert routes().near("/deep-todo/task/creat")[0] == "/deep-todo/task/create"
    assert routes().near("/" + "x" * 100_000) == []
