// The words of holds: causes, and the ways out of each.
#include "sluice/domain/hold.hpp"

#include <fmt/format.h>

namespace sluice {

std::string_view to_string(hold_cause c) {
  switch (c) {
    case hold_cause::unexplained_drift:
      return "unexplained_drift";
    case hold_cause::side_flip:
      return "side_flip";
    case hold_cause::foreign_fill:
      return "foreign_fill";
    case hold_cause::flatten:
      return "flatten";
  }
  return "?";
}

std::string_view release_rule(hold_cause c) {
  switch (c) {
    case hold_cause::unexplained_drift:
      return "by itself as soon as ledger and truth agree or fills account for the difference; "
             "else by an operator with a reason, which sets the ledger to the truth";
    case hold_cause::side_flip:
      return "by itself as soon as ledger and truth agree, or the position has left the other side "
             "and fills account for the rest; else by an operator with a reason, which sets the "
             "ledger to the truth";
    case hold_cause::foreign_fill:
      return "by itself as soon as ledger and truth agree; else by an operator with a reason, "
             "which accepts what was traded by somebody else";
    case hold_cause::flatten:
      return "by itself when the flatten ends";
  }
  return "?";
}

std::string release_command(const hold& h) {
  if (h.cause == hold_cause::flatten)
    return "sluice flatten";
  return fmt::format("sluice hold release {} --reason \"...\"", h.position.instrument.str());
}

}  // namespace sluice
