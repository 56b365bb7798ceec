// Who may look and who may order over HTTP: what a request needs, and what its token is worth.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "sluice/planning/confirmations.hpp"

namespace sluice::actors {

/// Whose token a request shows.
enum class bearer : std::uint8_t {
  nobody,   ///< It shows none.
  unknown,  ///< It is nobody's.
  source,   ///< A source of plans.
  reader,   ///< It may look.
  writer,   ///< It may order, and look.
};

enum class access_answer : std::uint8_t {
  admitted,
  token_missing,  ///< 401.
  token_unknown,  ///< 401.
  not_enough,     ///< 403: the token is good for less.
};
/// "missing", "unknown", "not_enough"; empty for `admitted`.
[[nodiscard]] std::string_view to_string(access_answer a);

/// Digests of the tokens in force. Without any for a right, that right is everybody's.
struct access_tokens {
  std::vector<token_digest> readers{};
  std::vector<token_digest> writers{};
  std::vector<token_digest> sources{};
};

/// Pure; may be asked from any thread.
class access_guard {
 public:
  access_guard() = default;
  explicit access_guard(access_tokens tokens) : tokens_(std::move(tokens)) {}

  [[nodiscard]] bool guards_looking() const { return !tokens_.readers.empty(); }
  [[nodiscard]] bool guards_orders() const { return !tokens_.writers.empty(); }

  /// Looks at every token, so that the time it takes says nothing.
  [[nodiscard]] bearer who(const std::optional<token_digest>& shown) const;
  /// Whether `by` may see what is guarded.
  [[nodiscard]] bool may_look(bearer by) const;
  /// Everything that is no GET or HEAD is an order, also where nothing answers to it. A source may
  /// send plans: whose they are is looked at where they are taken in.
  [[nodiscard]] access_answer judge(std::string_view method, std::string_view path,
                                    bearer by) const;

 private:
  access_tokens tokens_{};
};

/// The guard in force, shared by those who ask it and the one who replaces it when the files of
/// tokens are read again. Thread-safe.
class guard_post {
 public:
  explicit guard_post(access_guard first = {});

  /// Never null; whoever has it asks it for one whole request.
  [[nodiscard]] std::shared_ptr<const access_guard> now() const;
  void replace(access_guard next);

 private:
  mutable std::mutex mutex_{};
  std::shared_ptr<const access_guard> now_;
};

}  // namespace sluice::actors
