"""From a folder to an `App`: the project's files read once, checked once, with every mistake of every file told together."""

from deep.model.action import Action, AwsUse, Resource, Uses, Verb
from deep.model.app import App, Exports, Folders, Hook, Microapp, Parameter, Person, Property
from deep.model.code import Code
from deep.model.data import Fixture, Index, Migration, Model, Role, Statement, Validation
from deep.model.discovery import built_in_root
from deep.model.inspection import app_as_json
from deep.model.load import load_app
from deep.model.property import generated_deeploy

__all__ = [
    "Action",
    "App",
    "AwsUse",
    "Code",
    "Exports",
    "Fixture",
    "Folders",
    "Hook",
    "Index",
    "Microapp",
    "Migration",
    "Model",
    "Parameter",
    "Person",
    "Property",
    "Resource",
    "Role",
    "Statement",
    "Uses",
    "Validation",
    "Verb",
    "app_as_json",
    "built_in_root",
    "generated_deeploy",
    "load_app",
]
