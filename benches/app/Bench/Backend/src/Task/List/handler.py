"""Lists twenty items."""

from deep import Runtime


class Handler(Runtime):
    def handle(self, request):
        page = self.kernel.get("db").get("Task").find_all_paginated(None, 20)
        return self.create_response(page.items)
