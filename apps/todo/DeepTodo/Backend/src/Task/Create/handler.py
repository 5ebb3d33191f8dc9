from deep import Runtime


class Handler(Runtime):
    """Creates a todo and answers with it as stored: `Id`, `Title`, `Completed`, `createdAt`, `updatedAt`."""

    def handle(self, request):
        todo = self.kernel.get("db").get("Todo").create_item({"Completed": False, **request.data})
        return self.create_response(todo)
