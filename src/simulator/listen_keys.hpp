// listenKeys: one for each account, shared by whoever asks, alive for an hour after the last word.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "random_source.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/simulator/settings.hpp"

namespace sluice::simulator {

class listen_keys {
 public:
  listen_keys(const settings& s, std::size_t accounts)
      : keys_(accounts), life_(s.listen_key_life), random_(s.seed ^ stable_hash("listen keys")) {}

  /// The account's key, the present one if it lives; its life begins anew.
  const std::string& take(std::size_t account, instant now) {
    auto& k = keys_[account];
    if (!k || now >= k->expires)
      k = key{random_.word(64), {}};
    k->expires = now + life_;
    return k->text;
  }
  [[nodiscard]] std::optional<std::string> find(std::size_t account, instant now) const {
    const auto& k = keys_[account];
    return k && now < k->expires ? std::optional(k->text) : std::nullopt;
  }
  void remove(std::size_t account) { keys_[account].reset(); }

  /// Removes those whose life is over and gives them.
  [[nodiscard]] std::vector<std::string> expire(instant now) {
    std::vector<std::string> gone;
    for (auto& k : keys_)
      if (k && now >= k->expires) {
        gone.push_back(std::move(k->text));
        k.reset();
      }
    return gone;
  }

 private:
  struct key {
    std::string text{};
    instant expires{};
  };
  std::vector<std::optional<key>> keys_{};
  duration life_{};
  random_source random_;
};

}  // namespace sluice::simulator
