// The messages of flattens: an operator's dry run and order, and what the exchange answers to them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/flatten.hpp"
#include "sluice/planning/flatten.hpp"

namespace sluice::actors {

/// An operator wants everything of the scope closed: without a token a dry run, with it the real
/// thing. The token is nowhere but here.
struct order_flatten {
  symbol scope{};  ///< Empty: the whole account.
  std::string author{};
  std::string reason{};
  std::string token{};
};
/// What a flatten would do now.
struct flatten_preview {
  symbol scope{};
  std::vector<std::pair<position_key, truth_view>> positions{};  ///< Open or not known.
  std::vector<order_report> regular{};
  std::vector<conditional_report> conditional{};
  std::string orders_fault{};  ///< Why nothing is known of the orders; else empty.
  std::string token{};         ///< Confirms it, once, until `valid_until`.
  wall_time valid_until{};
};
/// Why a flatten was not begun.
enum class flatten_refusal : std::uint8_t {
  none,
  token,     ///< It confirms nothing.
  conflict,  ///< Trading state, mode, or a flatten that runs.
};
/// Answer to order_flatten: a preview, what began, or why nothing did, with the cure.
struct flatten_answer {
  std::shared_ptr<const flatten_preview> preview{};
  std::optional<flatten_progress> begun{};
  flatten_refusal refused{flatten_refusal::none};
  std::string why{};
};
/// How do they stand? Without an id all that run and the last that ended, newest first.
struct show_flattens {
  std::optional<std::int64_t> id{};
};
struct flattens_shown {
  std::vector<flatten_progress> all{};
};
/// From the moment it is ordered until it has ended, the gate lets nothing open what it covers.
struct flatten_changed {
  flatten_order what{};
  bool running{true};
};

/// The exchange answered a look at the open orders. `asked` is a flatten's id, or for a dry run the
/// negative number of that.
struct regular_orders_read {
  std::int64_t asked{0};
  std::shared_ptr<const read_result<std::vector<order_report>>> outcome{};
};
struct conditional_orders_read {
  std::int64_t asked{0};
  std::shared_ptr<const read_result<std::vector<conditional_report>>> outcome{};
};
/// The exchange answered a cancel of this flatten.
struct cancel_answered {
  std::int64_t flatten{0};
  cancel_wish what{};
  std::string fault{};  ///< Empty when it was done.
};

}  // namespace sluice::actors
