from deep import Runtime


class Handler(Runtime):
    """Deletes a todo. Deleting one that is gone already is no error, so a request may safely be repeated."""

    def handle(self, request):
        self.kernel.get("db").get("Todo").delete_by_id(request.data["Id"])
        return self.create_response({})
