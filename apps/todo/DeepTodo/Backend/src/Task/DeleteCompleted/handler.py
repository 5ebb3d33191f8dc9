from deep import HttpError, Runtime


class Handler(Runtime):
    """Deletes the todos whose Ids are given. One that fails does not stop the others: there is a result for each."""

    def handle(self, request):
        return self.create_response({"results": [self.delete(todo_id) for todo_id in request.data]})

    def delete(self, todo_id):
        try:
            self.kernel.get("db").get("Todo").delete_by_id(todo_id)
        except HttpError as error:
            return {"Id": todo_id, "ok": False, "error": str(error)}
        return {"Id": todo_id, "ok": True}
