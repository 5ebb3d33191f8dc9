class Handler:
    def handle(self, request):
        return self.create_response({"Title": request.data["Title"])
