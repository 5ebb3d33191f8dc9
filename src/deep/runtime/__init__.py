"""What ships into functions: kernel, handler, request and response, tables, and the worker that runs functions locally.

Its weight is a function's cold start, so it imports the standard library only, and of that only what a warm call needs; everything else is imported
where it is first used. `typing` and `dataclasses` are never imported at run time (together they cost more than the whole of this package).
"""
