// The gate's decision as a pure function: a plan and the facts of one moment in, a judgement out.
#pragma once

#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "sluice/gate/permit.hpp"

namespace sluice {

/// Every rule that refused, in the order of refusal_code. Never empty.
struct refused {
  std::vector<refusal> refusals{};
};

/// A cancel plan may be carried out. It needs no order, so there is no permit for it.
struct cancel_admitted {};

/// Runs every rule that applies to the plan's kind. A permit expires after `permit_ttl` or at the
/// plan's deadline, whichever is first. Same plan and facts, same judgement.
[[nodiscard]] judgement judge(const plan& p, const facts& f, milliseconds permit_ttl);

/// The judgement as data: allow with terms (none for a cancel), expire when the deadline has
/// passed, deny otherwise.
[[nodiscard]] verdict to_verdict(const judgement& j);

/// What a rule says of a plan: whether it lets it pass, what it looked at, and what it held that
/// against. Nothing where there is nothing to say, e.g. no limit.
struct check_result {
  bool passes{true};
  measure observed{};
  measure limit{};
};

/// A rule. Reads the facts and nothing else.
using rule_check = check_result (*)(const plan& p, const facts& f);

/// Which kinds of plan a rule is asked about.
struct rule_scope {
  bool open{false};
  bool reduce{false};
  bool cancel{false};
};

struct rule {
  refusal_code code{refusal_code::plan_expired};
  rule_scope scope{};
  rule_check check{nullptr};
};

/// All rules in the order of refusal_code, each code at most once.
[[nodiscard]] std::span<const rule> rules();
/// Whether the rule is asked about plans of this kind.
[[nodiscard]] bool applies(const rule& r, const plan& p);
/// Every refusal of those that apply to the plan's kind. More rules can only refuse more.
[[nodiscard]] std::vector<refusal> refusals_of(std::span<const rule> all, const plan& p,
                                               const facts& f);

/// How old the truth may be that the plan is judged on. Flat truth against books that have a
/// position may come from a read that failed to show it, and would end an exit for good: then it
/// takes a read of after the exit's arrival.
[[nodiscard]] milliseconds truth_age_limit(const plan& p, const facts& f);

/// What an order for the plan would trade, always >= 0 and never rounded up. For a reduce it is at
/// most |truth|; everything when the rest could not be traded any more. Nothing when it cannot be
/// said (truth unknown, no mark for a value) or nothing is left to do. Cancels have none.
[[nodiscard]] std::optional<quantity> safe_quantity(const plan& p, const facts& f);

}  // namespace sluice
