// Reads that repeat themselves: what a copy of the books answers while it lags behind.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

class frozen_reads {
 public:
  /// Gives a good reply to a GET the body that the same question had first under that fault; keeps
  /// it when it is the first. Questions are the same when they differ in signature and time alone.
  void repeat(std::uint64_t fault, const request& r, reply& out);
  void clear() { bodies_.clear(); }

 private:
  static constexpr std::size_t bodies_max = 1'000;
  std::map<std::pair<std::uint64_t, std::string>, std::string> bodies_{};
};

}  // namespace sluice::simulator
