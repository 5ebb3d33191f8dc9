from deep import lambda_handler


@lambda_handler
def handler(request, kernel):
    """Keeps the name in the table `Name` and greets it."""
    name = kernel.get("db").get("Name").create_item(request.data)
    return {"Message": f"Hello, {name['Name']}!"}
