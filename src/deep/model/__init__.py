"""From a folder to an `App`: the project's files read once, checked once, with every mistake of every file told together."""

from deep.model.action import Action, Resource
from deep.model.app import App, Folders, Hook, Microapp, Parameter, Person, Property
from deep.model.data import Fixture, Index, Migration, Model, Role, Statement, Validation
from deep.model.inspection import app_as_json
from deep.model.load import load_app

__all__ = [
    "Action",
    "App",
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
    "Validation",
    "app_as_json",
    "load_app",
]
