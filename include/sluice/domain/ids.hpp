// Names and numbers that identify things, each its own type, so that no two can be confused.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/domain/result.hpp"

namespace sluice {

/// Text with a meaning: a symbol is not a plan id. Empty means "none".
template <class Tag>
class name {
 public:
  name() = default;
  explicit name(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  friend auto operator<=>(const name&, const name&) = default;
  friend bool operator==(const name&, const name&) = default;

 private:
  std::string text_{};
};

using symbol = name<struct symbol_tag>;                    ///< "BTCUSDT", as the venue spells it.
using plan_id = name<struct plan_id_tag>;                  ///< Chosen by the source of the plan.
using source_id = name<struct source_id_tag>;              ///< Who wants something done.
using client_order_id = name<struct client_order_id_tag>;  ///< Ours: ^[.A-Z:/a-z0-9_-]{1,36}$.

using order_id = std::int64_t;  ///< The venue's; passes 2^53, never through a double.
using trade_id = std::int64_t;  ///< The venue's, unique per symbol; 0 means none.

/// A symbol the venue could have: 1-32 bytes, no white space, control characters, quotes, slashes,
/// or '&', '?', '=', '%', '#'. Non-ASCII symbols exist and are admitted.
[[nodiscard]] result<symbol> parse_symbol(std::string_view text);

/// 1-64 characters of [A-Za-z0-9._:-].
[[nodiscard]] result<plan_id> parse_plan_id(std::string_view text);

/// 1-32 characters of [A-Za-z0-9._:-].
[[nodiscard]] result<source_id> parse_source_id(std::string_view text);

/// The product's own sources: the gate allows them whatever its lists say, and nobody else may send
/// plans under these names.
inline constexpr std::string_view exit_engine_source{"exit_engine"};
inline constexpr std::string_view reconciler_source{"reconciler"};
inline constexpr std::string_view flatten_source{"flatten"};
inline constexpr std::string_view planner_source{"planner"};
[[nodiscard]] bool is_own_source(const source_id& s);
/// What the ids of the product's own plans begin with: nobody else may take them, for the first
/// plan of an id decides what the id means.
inline constexpr std::string_view exit_plan_prefix{"exit:"};
inline constexpr std::string_view close_plan_prefix{"reconcile-close:"};
inline constexpr std::string_view flatten_plan_prefix{"flatten:"};
inline constexpr std::string_view supersede_plan_prefix{"supersede:"};
[[nodiscard]] bool is_own_plan_id(const plan_id& id);

/// 64-bit FNV-1a with a final mix; stable across builds, not for secrets.
[[nodiscard]] std::uint64_t stable_hash(std::string_view text,
                                        std::uint64_t seed = 0xcbf29ce484222325ULL);

}  // namespace sluice

template <class Tag>
struct std::hash<sluice::name<Tag>> {
  std::size_t operator()(const sluice::name<Tag>& n) const noexcept {
    return std::hash<std::string>{}(n.str());
  }
};
