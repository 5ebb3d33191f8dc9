from deep import HttpError, Runtime


class Handler(Runtime):
    """Marks todos completed or active. One that fails does not stop the others: there is a result for each."""

    def handle(self, request):
        return self.create_response({"results": [self.mark(todo["Id"], todo["Completed"]) for todo in request.data]})

    def mark(self, todo_id, completed):
        try:
            self.kernel.get("db").get("Todo").update_item(todo_id, {"Completed": completed})
        except HttpError as error:
            return {"Id": todo_id, "ok": False, "error": str(error)}
        return {"Id": todo_id, "ok": True}
