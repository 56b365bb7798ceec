"""As much of JSON Schema (2020-12) as the published schemas of plans and of the API use."""

import re

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
NOTES = {"$schema", "$id", "$defs", "title", "description", "default"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


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
        return any(TYPES[t](value) for t in ([want] if isinstance(want, str) else want))
    if word == "format":
        if want != "date-time":
            raise AssertionError(f"the schema uses the format {want}")
        return not isinstance(value, str) or TIME.fullmatch(value) is not None
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
        others = [name for name in value if name not in schema.get("properties", {})]
        return want is True or not others if isinstance(want, bool) else \
            all(one(want, value[name]) for name in others)
    if word == "dependentRequired":
        return all(n in value for name, needs in want.items() if name in value for n in needs)
    raise AssertionError(f"the schema uses {word}, which this test does not know")


def why_not(value, schema, root, where=""):
    """Where the value and the schema disagree, for people; empty where they do not."""
    if admits(value, schema, root):
        return ""
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return why_not(value, target, root, where)
    if isinstance(value, dict):
        missing = [n for n in schema.get("required", []) if n not in value]
        if missing:
            return f"{where}: {missing} missing"
        for name, inner in schema.get("properties", {}).items():
            if name in value and not admits(value[name], inner, root):
                return why_not(value[name], inner, root, f"{where}/{name}")
        if isinstance(schema.get("additionalProperties"), dict):
            for name in value:
                if not admits(value[name], schema["additionalProperties"], root):
                    return why_not(value[name], schema["additionalProperties"], root,
                                   f"{where}/{name}")
    if isinstance(value, list) and "items" in schema:
        for n, inner in enumerate(value):
            if not admits(inner, schema["items"], root):
                return why_not(inner, schema["items"], root, f"{where}/{n}")
    return f"{where}: {str(value)[:200]} is not {str(schema)[:300]}"
