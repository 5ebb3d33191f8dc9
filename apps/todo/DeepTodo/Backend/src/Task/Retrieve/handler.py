from deep import ResourceNotFoundError, Runtime


class Handler(Runtime):
    """Answers with the todo that `Id` names, or with a list of all todos when there is no `Id`."""

    def handle(self, request):
        todos = self.kernel.get("db").get("Todo")
        todo_id = request.get_param("Id", None)
        if todo_id is None:
            return self.create_response(todos.find_all())
        todo = todos.find_one_by_id(todo_id)
        if todo is None:
            raise ResourceNotFoundError(f"There is no todo {todo_id!r}")
        return self.create_response(todo)
