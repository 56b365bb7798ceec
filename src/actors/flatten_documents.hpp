// The JSON documents of flattens: what one would do, and how those that were ordered stand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sluice/actors/flatten_messages.hpp"
#include "sluice/truth/mark_board.hpp"

namespace sluice::actors {

/// What makes amounts worth something and orders ours.
struct flatten_context {
  std::string account{};
  std::shared_ptr<const mark_board> marks{};
};

/// Positions with notional at mark, resting orders with whose they are, and the token.
[[nodiscard]] std::string preview_json(const flatten_preview& p, const flatten_context& context);
[[nodiscard]] std::string flatten_json(const flatten_progress& p);
[[nodiscard]] std::string flattens_json(const std::vector<flatten_progress>& all);

}  // namespace sluice::actors
