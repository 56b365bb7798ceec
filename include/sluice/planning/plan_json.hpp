// Plans as JSON: what producers send, read strictly, and how a plan is shown again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "sluice/domain/plan.hpp"
#include "sluice/planning/arrival.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice {

/// One thing wrong with a document: where, as a JSON pointer (RFC 6901; empty for the document
/// itself), and why.
struct field_fault {
  std::string pointer{};
  std::string reason{};
  friend bool operator==(const field_fault&, const field_fault&) = default;
};

/// A plan that came after its deadline, or older than any may be, or an entry from the future: good
/// only as a repetition of one that was taken before.
struct late_plan {
  plan_id id{};
  field_fault why{};
};

struct plan_document {
  std::vector<plan> plans{};
  bool batch{false};              ///< True when it was an array.
  std::vector<late_plan> late{};  ///< Of those; a plan that is late in two ways stands twice.
};

/// A document, or everything that is wrong with it (at most 100 faults): all or nothing.
using plan_document_result = boost::system::result<plan_document, std::vector<field_fault>>;
/// Called by value() on a refused document: a programmer's mistake.
[[noreturn]] void throw_exception_from_error(const std::vector<field_fault>& faults,
                                             const boost::source_location&);

/// Reads one plan or an array of plans. Fields: plan_id, source, symbol, kind, position_side, side,
/// quantity, notional, stop, take_profit, time_limit, target, reason, cancels, created_at, and one
/// of ttl and deadline. Decimals are strings or whole numbers, never floats; names unknown, given
/// twice, or not of the plan's kind are refused. `received` is when the document came: ttl and
/// deadline count from it (a deadline by the clocks of `arrival`), so that a producer's wrong clock
/// cannot prolong a plan past max_ttl. Late plans are no fault of the document: whoever takes it
/// may do so only for ids that were taken.
[[nodiscard]] plan_document_result parse_plans(std::string_view text, const arrival& received,
                                               const intake_settings& settings);

/// The plan in the same form (`created_at` and `deadline` as RFC 3339, decimals as strings);
/// parsing it before its deadline gives a plan of the same content.
[[nodiscard]] std::string plan_to_json(const plan& p);

}  // namespace sluice
