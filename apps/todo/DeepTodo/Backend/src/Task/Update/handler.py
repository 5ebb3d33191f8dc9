from deep import Runtime


class Handler(Runtime):
    """Changes the given fields of a todo and answers with the whole todo; 404 when it was deleted meanwhile."""

    def handle(self, request):
        changes = dict(request.data)
        todo_id = changes.pop("Id")
        todo = self.kernel.get("db").get("Todo").update_item(todo_id, changes)
        return self.create_response(todo)
