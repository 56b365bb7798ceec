"""As much of JSON Schema (2020-12) as the published schema of a plan uses."""

import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}
NOTES = {"$schema", "$id", "$defs", "title", "description"}


def admits(value, schema, root):
    return all(holds(word, want, value, schema, root) for word, want in schema.items()
               if word not in NOTES)


def holds(word, want, value, schema, root):
    def one(inner, v=value):
        return admits(v, inner, root)

    if word == "$ref":
        target = root
        for part in want.removeprefix("#/").split("/"):
            target = target[part]
        return one(target)
    if word == "type":
        return TYPES[want](value)
    if word == "const":
        return value == want
    if word == "enum":
        return value in want
    if word == "not":
        return not one(want)
    if word == "allOf":
        return all(one(s) for s in want)
    if word == "anyOf":
        return any(one(s) for s in want)
    if word == "oneOf":
        return sum(one(s) for s in want) == 1
    if word == "pattern":
        return not isinstance(value, str) or re.search(want, value) is not None
    if word == "maxLength":
        return not isinstance(value, str) or len(value) <= want
    if word == "minimum":
        return not TYPES["integer"](value) or value >= want
    if word == "maximum":
        return not TYPES["integer"](value) or value <= want
    if word == "minItems":
        return not isinstance(value, list) or len(value) >= want
    if word == "maxItems":
        return not isinstance(value, list) or len(value) <= want
    if word == "items":
        return not isinstance(value, list) or all(one(want, v) for v in value)
    if not isinstance(value, dict):
        return True
    if word == "required":
        return all(name in value for name in want)
    if word == "properties":
        return all(one(s, value[name]) for name, s in want.items() if name in value)
    if word == "additionalProperties":
        return want or all(name in schema["properties"] for name in value)
    if word == "dependentRequired":
        return all(n in value for name, needs in want.items() if name in value for n in needs)
    raise AssertionError(f"the schema uses {word}, which this test does not know")
