"""The configurations of both sides, made from config/incident.toml, and the plans they get."""

import decimal
import pathlib
import re
import tomllib

FILE = pathlib.Path(__file__).resolve().parents[2] / "config" / "incident.toml"

# Symbols without a position, one for each entry. The venue lists them right behind the positions:
# their turn in the first round is over before the plans begin.
ENTRIES = [f"{base}USDT" for base in (
    "TRX AVAX LINK DOT LTC BCH UNI ATOM ETC XLM NEAR APT ARB OP SUI FIL AAVE INJ TIA SEI LDO CRV "
    "RUNE GALA SAND WLD ZEC MKR HBAR ALGO").split()]


def is_cause(line):
    return line.endswith("# cause")


def causes(text):
    """What the file says is wrong, as "key = value"."""
    return [line.split("#")[0].strip() for line in text.splitlines() if is_cause(line)]


def cured(text):
    """The same without its causes: the defaults hold in their place."""
    return "".join(line for line in text.splitlines(True) if not is_cause(line.rstrip()))


def faster(text, factor):
    """The same incident with every time divided: as many reads of the venue in a shorter minute."""
    def duration(found):
        ms = int(found[2]) * (1 if found[3] == "ms" else 1000)
        return f'{found[1]} = "{ms // factor}ms"'

    text = re.sub(r'(?m)^(\w+) = "(\d+)(ms|s)"', duration, text)
    return re.sub(r"(?m)^(weight_limit_1m) = (\d+)",
                  lambda found: f"{found[1]} = {int(found[2]) * factor}", text)


def placed(text, state_dir):
    """The same with its state elsewhere, on a free port."""
    for key, value in (("state_dir", state_dir), ("listen", "127.0.0.1:0")):
        text, count = re.subn(rf"(?m)^{key} = .*$", lambda _: f'{key} = "{value}"', text)
        if count != 1:
            raise ValueError(f"{FILE.name} has {count} lines of {key}")
    return text


def positions(text):
    """Symbol to signed amount, as the venue begins with them."""
    listed = tomllib.loads(text)["simulator"]["initial_positions"]
    return {symbol: decimal.Decimal(amount) for symbol, amount in
            (one.split("=") for one in listed)}


def wave(number, held):
    """The plans that are posted together for the `number`th time, counted from 1: every position
    smaller by a hundredth of what it was at the start, and one entry while there are symbols."""
    made = []
    for symbol, amount in held.items():
        target = (abs(amount) * (100 - number) / 100).quantize(amount)
        made.append({"plan_id": f"exit-{number}-{symbol}", "source": "incident", "symbol": symbol,
                     "kind": "reduce", "target": str(target)})
    if number <= len(ENTRIES):
        made.append({"plan_id": f"entry-{number}", "source": "incident",
                     "symbol": ENTRIES[number - 1], "kind": "open", "side": "buy",
                     "notional": "200"})
    return made
