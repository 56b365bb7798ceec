// How many bytes of replies and frames may be held at once, over all connections together.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "sluice/exchange/request_budget.hpp"

namespace sluice::exchange {

/// Pure; one thread. It refuses at once and never lets anybody wait: a peer that sends too much
/// loses its connection, and a part that only exits may take stays free for them.
class byte_allowance {
 public:
  byte_allowance(std::size_t all, std::size_t kept_for_exits) : all_(all), kept_(kept_for_exits) {}

  [[nodiscard]] bool take(std::size_t bytes, budget_lane whose) {
    const auto reach = whose == budget_lane::exits ? all_ : all_ - kept_;
    if (bytes > reach || taken_ > reach - bytes)
      return false;
    taken_ += bytes;
    return true;
  }
  void give_back(std::size_t bytes) { taken_ -= bytes; }
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  std::size_t all_;
  std::size_t kept_;
  std::size_t taken_{0};
};

/// What one reply or stream holds of it; given back at the end.
class byte_hold {
 public:
  byte_hold() = default;
  byte_hold(std::shared_ptr<byte_allowance> room, budget_lane whose)
      : room_(std::move(room)), whose_(whose) {}
  byte_hold(byte_hold&& other) noexcept { swap(other); }
  byte_hold& operator=(byte_hold&& other) noexcept {
    byte_hold taken(std::move(other));
    swap(taken);
    return *this;
  }
  byte_hold(const byte_hold&) = delete;
  byte_hold& operator=(const byte_hold&) = delete;
  ~byte_hold() {
    if (room_)
      room_->give_back(bytes_);
  }

  /// Holds so many from now on; false, and as many as before, when there is no room for more.
  [[nodiscard]] bool resize(std::size_t bytes) {
    if (bytes > bytes_ && !room_->take(bytes - bytes_, whose_))
      return false;
    if (bytes < bytes_)
      room_->give_back(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  void swap(byte_hold& other) noexcept {
    std::swap(room_, other.room_);
    std::swap(whose_, other.whose_);
    std::swap(bytes_, other.bytes_);
  }

  std::shared_ptr<byte_allowance> room_{};
  budget_lane whose_{budget_lane::others};
  std::size_t bytes_{0};
};

}  // namespace sluice::exchange
