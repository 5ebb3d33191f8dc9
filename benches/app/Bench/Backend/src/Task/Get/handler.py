"""Gets one item by its Id."""

from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        task = self.kernel.get("db").get("Task").find_one_by_id(request.get_param("Id"))
        return self.create_response(task)
