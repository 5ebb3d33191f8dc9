"""The article's two listings of "Enforcing Security", word for word: its role is read as it stands, and compiles to its IAM document."""

from __future__ import annotations

import json
from pathlib import Path

from deep.model import App, load_app
from deep.names import CloudNames, app_hash
from deep.security.acl import acl_of
from deep.security.grants import grants_of
from deep.security.iam import Document
from deep.security.identity_policy import article_document, identity_document
from tests.fakes.apps import only_api

ROLE = """{
  "Version": "2015-10-07",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["deep.todo:task:create"],
      "Resource": ["deep.todo:task"]
    }
  ]
}"""
POLICY = """{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": ["arn:aws:lambda:us-east-1:123456789000:function:DeepProdTodoCreate1234abcd*"]
        }
    ]
}"""
ACTION = {"type": "lambda", "methods": ["POST"], "source": "src/Task/Create"}


def written(folder: Path) -> App:
    """A property that holds the article's role, as the author of the article would have written the rest of it."""
    todo = folder / "DeepTodo"
    files = {
        folder / "deeploy.json": {"appIdentifier": "todo", "env": "prod", "awsAccountId": "123456789000", "aws": {"region": "us-east-1"}},
        todo / "deepkg.json": {"identifier": "deep.todo", "name": "DeepTodo", "version": "0.0.1"},
        todo / "Backend" / "resources.json": {"task": {"create": ACTION}},
        todo / "Backend" / "src" / "Task" / "Create" / "handler.py": "class Handler: ...",
        todo / "Data" / "Roles" / "authenticated.json": ROLE,
    }
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return load_app(folder, environ={})


def test_the_articles_role_compiles_to_the_articles_iam_document(tmp_path: Path) -> None:
    """Parity 85. The function's name is what the name rule makes of microapplication, resource and action, and the hash is this app's."""
    app = written(tmp_path)
    names = CloudNames("prod", app_hash("123456789000", "todo"), "123456789000", "us-east-1")
    compiled = article_document(identity_document(app, grants_of(app), "authenticated", names, only_api("api")))
    function = f"DeepProdDeepTodoTaskCreate{names.hash}"
    assert names.function("deep.todo:task:create") == function
    direct = Document(tuple(one for one in compiled.statements if one.actions == ("lambda:InvokeFunction",)))
    assert direct.as_json() == json.loads(POLICY.replace("DeepProdTodoCreate1234abcd", function))


def test_the_articles_role_is_the_pages_access_list_too(tmp_path: Path) -> None:
    """Parity 86, 87."""
    grants = grants_of(written(tmp_path))
    assert acl_of(grants) == {"unauthenticated": [], "authenticated": ["deep.todo:task:create"]}
