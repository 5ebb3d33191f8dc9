from deep import lambda_handler

from handler import Handler

handler = lambda_handler(Handler)
