from chalice import Chalice
from chalicelib import tasks

app = Chalice(app_name="todo")

for name in ("create", "retrieve", "update", "delete", "delete_completed", "mark_all"):
    app.lambda_function(name=name)(getattr(tasks, name))
