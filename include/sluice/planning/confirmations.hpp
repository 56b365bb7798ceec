// Tokens with which an operator confirms what a dry run showed: each for one scope, once, and not
// for long.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// SHA-256 of a token. The token itself is kept nowhere.
using token_digest = std::array<std::uint8_t, 32>;

/// Takes the same time whichever bytes differ.
[[nodiscard]] bool same_digest(const token_digest& a, const token_digest& b);

class confirmations {
 public:
  static constexpr milliseconds lasts{60'000};
  /// The oldest is forgotten when there are more.
  static constexpr std::size_t open_max = 32;

  /// An empty scope is the whole account.
  void offer(const token_digest& digest, const symbol& scope, instant now);
  /// True when a token of this digest was offered for this scope and is valid. Whatever the answer,
  /// a token that was shown is used up.
  [[nodiscard]] bool take(const token_digest& digest, const symbol& scope, instant now);
  [[nodiscard]] std::size_t open() const { return offered_.size(); }

 private:
  struct offer_made {
    token_digest digest{};
    symbol scope{};
    instant until{};
  };
  void forget_old(instant now);

  std::vector<offer_made> offered_{};  ///< Oldest first.
};

}  // namespace sluice
