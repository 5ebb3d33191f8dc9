"""For tests of an app's own: the app as it really runs, and clients that call it in any role.

```python
@pytest.fixture(scope="session")
def app():
    with serve(PROPERTY) as app:
        yield app


def test_a_visitor_may_create(app):
    assert app.client().call("deep.todo:task:create", {"Title": "milk"}).status == 200
```
"""

from deep.testing.client import Answer, Client
from deep.testing.running import LocalApp, serve

__all__ = ["Answer", "Client", "LocalApp", "serve"]
