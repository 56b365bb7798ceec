// The request faults in force, and the way they bend a request's course.
#pragma once

#include <vector>

#include "random_source.hpp"
#include "sluice/simulator/faults.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

class fault_book {
 public:
  explicit fault_book(std::uint64_t seed) : random_(seed ^ stable_seed) {}
  void add(request_fault f) { faults_.push_back(std::move(f)); }
  void clear() { faults_.clear(); }
  [[nodiscard]] std::size_t size() const { return faults_.size(); }

  /// Applies what matches, in order of addition: delays add up, the first other effect decides.
  void bend(const request& r, course& c);

 private:
  static constexpr std::uint64_t stable_seed = 0x6661756c74ULL;
  [[nodiscard]] bool hits(request_fault& f, const request& r);
  std::vector<request_fault> faults_{};
  random_source random_;
};

}  // namespace sluice::simulator
