"""Puts one item, as `POST /tasks` of the peers does."""

from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        task = self.kernel.get("db").get("Task").create_item(request.data)
        return self.create_response(task)
