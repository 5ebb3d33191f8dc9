"""Writes what a packaged function finds beside its code (configuration, validators, a bootstrap) and prints the configuration's path.

python function_folder.py PROPERTY ACTION FOLDER
"""

import json
import sys
from pathlib import Path

from deep.bundle.function import function_config
from deep.bundle.target import Target
from deep.bundle.validators import compile_validators
from deep.model import load_app

app = load_app(Path(sys.argv[1]))
action = next(action for action in app.actions if action.identifier == sys.argv[2])
folder = Path(sys.argv[3])
target = Target(env="dev", deploy_id="00000000", region="us-east-1", account_id="000000000000", development=False)
(folder / "_config.json").write_text(json.dumps(function_config(app, action, target)))
(folder / "_validators.py").write_text(compile_validators(app))
(folder / "bootstrap.py").write_text("from deep import lambda_handler\nfrom handler import Handler\n\nhandler = lambda_handler(Handler)\n")
sys.stdout.write(str(folder / "_config.json"))
