# SPDX-License-Identifier: GPL-2.0
"""The published schemas of workflow files; schemas/README.md says whose they are."""

import json
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).parent / "schemas"

SCALAR = {"type": ["string", "number", "boolean"]}
# What GitHub's schema names without defining it.
BUILT_IN = {
    "any": {},
    "string": SCALAR,
    "non-empty-string": SCALAR | {"minLength": 1},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "mapping": {"type": "object"},
    "sequence": {"type": "array"},
}
EXPRESSION = {"type": "string", "pattern": r"\$\{\{.*\}\}"}


def mistakes(name, document):
    """What is wrong with a document by the schema of this name: PLACE: MESSAGE."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    if name == "github":
        schema = from_github(schema)
    for error in jsonschema.Draft7Validator(schema).iter_errors(document):
        # Of alternatives, the one that comes the furthest is meant.
        while error.context:
            error = max(error.context, key=lambda one: len(one.absolute_path))
        place = "/".join(map(str, error.absolute_path))
        yield f"{place}: {error.message}"


def from_github(schema):
    """The JSON schema that says the same as one of GitHub's."""
    definitions = {
        name: of_definition(definition)
        for name, definition in schema["definitions"].items()
    }
    return {
        "definitions": BUILT_IN | definitions,
        "$ref": "#/definitions/workflow-root-strict",
    }


def reference(name):
    return {"$ref": f"#/definitions/{name}"}


def of_definition(definition):
    kinds = definition.keys() & OF_KIND.keys()
    [kind] = kinds
    found = OF_KIND[kind](definition[kind])
    return {"anyOf": [found, EXPRESSION]} if "context" in definition else found


def of_string(options):
    if "constant" in options:
        return {"const": options["constant"]}
    return SCALAR | ({"minLength": 1} if options.get("require-non-empty") else {})


def of_mapping(options):
    properties = options.get("properties", {})
    types = {
        key: value["type"] if isinstance(value, dict) else value
        for key, value in properties.items()
    }
    required = [
        key
        for key, value in properties.items()
        if isinstance(value, dict) and value.get("required")
    ]
    others = options.get("loose-value-type")
    return {
        "type": "object",
        "properties": {key: reference(name) for key, name in types.items()},
        "required": required,
        "additionalProperties": reference(others) if others else False,
    }


def of_sequence(options):
    return {"type": "array", "items": reference(options["item-type"])}


OF_KIND = {
    "string": of_string,
    "number": lambda _options: BUILT_IN["number"],
    "boolean": lambda _options: BUILT_IN["boolean"],
    "null": lambda _options: BUILT_IN["null"],
    "mapping": of_mapping,
    "sequence": of_sequence,
    "one-of": lambda names: {"anyOf": [reference(name) for name in names]},
    "allowed-values": lambda values: {"enum": values},
}
